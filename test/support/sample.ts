import { z } from 'zod'

/** What stands in every field of a sample that takes any text. */
export const anyWord = 'Zqxj'

const texts = [
  anyWord,
  `https://${anyWord}.example`,
  '2026-11-21T10:00:00.000Z',
  'shopify/demo-store',
  'shopify_demo-store_1',
  'USD',
]

/** A value of a schema with every optional field, and `which` of the options of each union. */
export function sampleOf(schema: z.core.$ZodType, which: number): unknown {
  // Every schema says of itself what it is; only the kinds that are stored are known here.
  const { def } = schema._zod as { readonly def: Def }
  switch (def.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(def.shape).map(([name, field]) => [name, sampleOf(field, which)]),
      )
    case 'array':
      return [sampleOf(def.element, which)]
    case 'record':
      return { [anyWord]: sampleOf(def.valueType, which) }
    case 'optional':
      return sampleOf(def.innerType, which)
    case 'union': {
      const option = def.options[which % def.options.length]
      return option && sampleOf(option, which)
    }
    case 'enum':
      return Object.values(def.entries)[which % Object.values(def.entries).length]
    case 'literal':
      return def.values[0]
    case 'number':
      return 1
    case 'boolean':
      return true
    case 'string': {
      const fits = texts.find((text) => z.core.safeParse(schema, text).success)
      if (fits === undefined) throw new Error('a text that no sample knows')
      return fits
    }
  }
}

type Def =
  | { readonly type: 'object'; readonly shape: Readonly<Record<string, z.core.$ZodType>> }
  | { readonly type: 'array'; readonly element: z.core.$ZodType }
  | { readonly type: 'record'; readonly valueType: z.core.$ZodType }
  | { readonly type: 'optional'; readonly innerType: z.core.$ZodType }
  | { readonly type: 'union'; readonly options: readonly z.core.$ZodType[] }
  | { readonly type: 'enum'; readonly entries: Readonly<Record<string, string>> }
  | { readonly type: 'literal'; readonly values: readonly unknown[] }
  | { readonly type: 'number' | 'boolean' | 'string' }
