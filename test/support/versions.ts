import fc from 'fast-check'
import type { Order } from '../../schemas/canonical/order.ts'
import { lineOf, orderOf, seconds } from './orders.ts'

const line = (id: string, sku: string) =>
  fc
    .record({ quantity: fc.integer({ min: 1, max: 4 }), removed: fc.nat(3), nameless: fc.nat(9) })
    .map(({ quantity, removed, nameless }) => {
      const full = lineOf({ id, sku, quantity, removed: Math.min(removed, quantity - 1) })
      const { sku: _, ...without } = full
      return nameless === 0 ? without : full
    })

const edition = fc.record({
  mugs: line('1', 'MUG'),
  more: fc.option(line('2', 'MUG'), { nil: undefined }),
  plates: fc.option(line('3', 'PLATE'), { nil: undefined }),
  astray: fc.nat(9),
  held: fc.constantFrom(undefined, undefined, undefined, 'pending' as const, 'fraud' as const),
  awaited: fc.nat(4),
})

interface Versions {
  /** Versions at most. */
  readonly most: number
}

/** An order's versions, tidy: distinct instants, each with its own lines, perhaps cancelled at the end. */
export const versionsOf = ({ most }: Versions): fc.Arbitrary<readonly Order[]> =>
  fc
    .tuple(fc.array(edition, { minLength: 1, maxLength: most }), fc.nat(3))
    .map(([editions, fate]) =>
      editions.map(({ mugs, more, plates, astray, held, awaited }, i) => {
        const version = seconds(i * 60)
        const order = orderOf({
          version,
          lines: [mugs, ...[more, plates].filter((other) => other !== undefined)],
        })
        const cancelled = fate === 0 && i === editions.length - 1
        return {
          ...order,
          holds: held ? [{ kind: held, reason: `${held} at the channel` }] : [],
          ...(awaited === 0 && { acceptance: 'awaited' as const }),
          ...(astray === 0 && { total: order.total + 1 }),
          ...(cancelled && { cancelledAt: version, cancelReason: 'customer' }),
        }
      }),
    )

/** Some of these in any order, all of them at least once, some again. */
export const jumbled = <T>(things: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...things], { minLength: things.length }),
      fc.array(fc.constantFrom(...things), { maxLength: 4 }),
      fc.infiniteStream(fc.nat(20)),
    )
    .map(([all, again, places]) =>
      again.reduce<readonly T[]>((row, one) => {
        const at = (places.next().value ?? 0) % (row.length + 1)
        return [...row.slice(0, at), one, ...row.slice(at)]
      }, all),
    )
