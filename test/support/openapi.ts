import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

type Json = { readonly [key: string]: unknown }

/**
 * Validators for one operation of an OpenAPI 3.0 or 3.1 document. Properties that the document does not know are
 * refused everywhere, because a field nobody reads is how a twin comes to agree with our mistakes.
 */
export function operation(document: unknown, path: string, method: string) {
  const found = at(document, ['paths', path, method])
  const compile = (schema: unknown): ValidateFunction =>
    ajv().compile(strict(inlined(schema, document)) as Json)
  return {
    request: () => compile(at(found, ['requestBody', 'content', 'application/json', 'schema'])),
    reply: (status: number) =>
      compile(at(found, ['responses', String(status), 'content', 'application/json', 'schema'])),
    parameters: (at(found, ['parameters']) as readonly Json[]).map((parameter) =>
      String(at(inlined(parameter, document), ['name'])),
    ),
  }
}

function ajv(): Ajv2020 {
  const made = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(made)
  for (const format of ['int32', 'int64', 'double', 'currency', 'postal-code', 'tel']) {
    made.addFormat(format, true)
  }
  return made
}

/** Without references. The documents' own examples show that their schemas do not recurse. */
function inlined(value: unknown, document: unknown, depth = 0): unknown {
  if (depth > 60) throw new Error('the schema refers to itself')
  if (Array.isArray(value)) return value.map((item) => inlined(item, document, depth + 1))
  if (!isJson(value)) return value
  const { $ref } = value
  if (typeof $ref === 'string') {
    const keys = $ref
      .slice(2)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    return inlined(at(document, keys), document, depth + 1)
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, inlined(item, document, depth + 1)]),
  )
}

/**
 * OpenAPI 3.0's `nullable` becomes a type, and closed objects become `unevaluatedProperties`: the document for
 * ShipBob says `additionalProperties: false` inside `allOf`, which nothing could ever satisfy.
 */
function strict(value: unknown, inAllOf = false): unknown {
  if (Array.isArray(value)) return value.map((item) => strict(item))
  if (!isJson(value)) return value
  const { nullable, additionalProperties, allOf, properties, example, ...rest } = value
  const schema = {
    ...Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, strict(item)])),
    ...(isJson(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, item]) => [name, strict(item)]),
      ),
    }),
    ...(Array.isArray(allOf) && { allOf: allOf.map((item) => strict(item, true)) }),
    ...(isJson(additionalProperties) && { additionalProperties: strict(additionalProperties) }),
    ...(isJson(properties) && !inAllOf && { unevaluatedProperties: false }),
  }
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema
}

function at(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => {
    if (!isJson(inner) || !(key in inner))
      throw new Error(`the document has no ${keys.join(' → ')}`)
    return inner[key]
  }, value)
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null
