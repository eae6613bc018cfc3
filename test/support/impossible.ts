import { z } from 'zod'
import { fixture, text } from './fixtures.ts'

/** What no channel's order can say, and what each has to show a body of (`fixtures/impossible.json`) or why it cannot. */
const impossibleKinds = [
  'a billion units',
  'a currency in small letters',
  'a currency that is none',
  'a discount of more than there is',
  'a negative charge',
  'a negative discount',
  'a negative price',
  'a negative total',
  'every unit taken back and all of the money there',
  'half a unit',
  'more money than can be counted',
  'negative shipping',
  'negative tax',
  'negative units',
  'no unit and all of the money',
  'one line id twice',
  'the code for no currency',
] as const

const Written = z.strictObject({
  /** The recorded payload that is changed. */
  of: z.string(),
  bodies: z.record(
    z.enum(impossibleKinds),
    z.union([
      z.strictObject({
        set: z.record(z.string(), z.json()),
        /** What the reason has to say: the field, and its value. */
        names: z.array(z.string()).nonempty(),
      }),
      z.string(),
    ]),
  ),
})

export interface ImpossibleBody {
  readonly kind: string
  readonly body: string
  readonly names: readonly string[]
}

/** The bodies of a channel that cannot be true, and the one that they are made of. */
export function impossibleBodies(connector: string) {
  const { of, bodies } = Written.parse(fixture(connector, 'impossible.json'))
  const whole = text(connector, `${of}.wire.json`)
  const wrong = Object.entries(bodies).flatMap(([kind, body]): ImpossibleBody[] =>
    typeof body === 'string'
      ? []
      : [
          {
            kind,
            body: JSON.stringify(withFields(JSON.parse(whole), body.set)),
            names: body.names,
          },
        ],
  )
  return { whole, wrong }
}

function withFields(body: unknown, fields: Readonly<Record<string, unknown>>): unknown {
  for (const [path, value] of Object.entries(fields)) {
    const keys = path.split('.')
    const holder = keys.slice(0, -1).reduce((at, key) => Reflect.get(Object(at), key), body)
    Reflect.set(Object(holder), keys.at(-1) ?? '', value)
  }
  return body
}
