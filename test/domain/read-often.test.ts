import { WebhookOrder } from '../../connectors/shopify/wire.ts'
import { read } from '../../domain/parse.ts'
import { readOften } from '../../domain/read-often.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { casesIn, fixture } from '../support/fixtures.ts'

const bodies = (ending: string): readonly unknown[] =>
  casesIn('shopify', ending).map((name) => fixture('shopify', name + ending))

describe.each([
  ['what a channel sends', WebhookOrder, bodies('.wire.json')],
  ['our own document', Order, bodies('.order.json')],
] as const)('a schema that is used much, of %s,', (_, schema, documents) => {
  beforeAll(() => {
    for (let i = 0; i < 300; i++) readOften(schema, documents[0])
  })

  test('reads what it read before', () => {
    for (const document of documents)
      expect(readOften(schema, document)).toEqual(read(schema, document))
  })

  test('refuses what it refused before, in the same words', () => {
    let refused = 0
    for (const damaged of documents.slice(0, 1).flatMap((one) => [...damages(one)])) {
      const plain = read(schema, damaged)
      if (!plain.ok) refused += 1
      expect(readOften(schema, damaged)).toEqual(plain)
    }
    expect(refused).toBeGreaterThan(100)
  })
})

const wrongs = [null, undefined, 'text', -1.5, {}, [null]]

/** A document with each of its members in turn missing or of another kind. */
function* damages(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) {
    const member: unknown = Reflect.get(value, key)
    for (const wrong of [...wrongs, ...damages(member)]) {
      const copy: object = Array.isArray(value) ? [...value] : { ...value }
      yield Object.assign(copy, { [key]: wrong })
    }
    const { [key]: _, ...rest } = value as Record<string, unknown>
    if (!Array.isArray(value)) yield rest
  }
}
