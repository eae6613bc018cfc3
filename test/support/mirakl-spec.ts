import { operation } from './openapi.ts'

type Json = { readonly [key: string]: unknown }

/**
 * Mirakl's documents say in words which fields are null, and never in their schemas; their own examples are full of
 * nulls. Here every property may be null, also one that is required. The format of amounts is none that JSON Schema knows.
 */
export function miraklOperations(text: string) {
  const document = withNulls(JSON.parse(text))
  return (path: string, method: string) => operation(document, path, method)
}

function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls)
  if (!isJson(value)) return value
  const { format, properties, ...rest } = value
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, withNulls(item)])),
    ...(format !== undefined && format !== 'with decimals' && { format: withNulls(format) }),
    ...(isJson(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, item]) => [
          name,
          isJson(item) ? { anyOf: [withNulls(item), { type: 'null' }] } : item,
        ]),
      ),
    }),
  }
}

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
