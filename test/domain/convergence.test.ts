import fc from 'fast-check'
import { claimableFrom } from '../../domain/order/claims.ts'
import { desiredDigest } from '../../domain/order/state.ts'
import type { ReportedShipment } from '../../domain/reading.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { tries } from '../support/laws.ts'
import { able, lineOf, orderOf, parcelOf, policy } from '../support/orders.ts'
import { type Story, tellStory } from '../support/story.ts'
import { jumbled, versionsOf } from '../support/versions.ts'

/** What has to be equal however it came about. Which of two lines of one SKU a parcel filled first may differ. */
function projected({ state, status }: Story) {
  const skuOf = new Map(state.lines.map(({ id, sku }) => [id, sku ?? id]))
  const bySku = (units: readonly (readonly [string, number])[]) => {
    const sums = new Map<string, number>()
    for (const [sku, quantity] of units) sums.set(sku, (sums.get(sku) ?? 0) + quantity)
    return [...sums].toSorted()
  }
  const shipments = Object.values(state.shipments).map(({ id, lines }) => [
    id,
    bySku(lines.map((line) => [skuOf.get(line.id) ?? line.id, line.quantity])),
  ])
  return {
    status,
    seen: state.seen && { ...state.seen, authority: '' },
    lines: state.lines.map(({ shipped: _, ...line }) => line),
    shipped: bySku(state.lines.map(({ id, sku = id, shipped }) => [sku, shipped])),
    shipments: shipments.toSorted(),
    exceptions: exceptionsOf(state),
    // One that waits for an exception to clear is as good as one that was not asked for yet.
    intents: Object.entries(state.intents)
      .filter(([id, intent]) => intent.state === 'done' || claimableFrom(state, id) !== undefined)
      .map(([id, intent]) => [id, intent.state])
      .toSorted(),
  }
}

const exceptionsOf = ({ exceptions }: OrderState) =>
  Object.entries(exceptions)
    .map(([key, { reason }]) => [key, reason])
    .toSorted()

function told(orders: readonly Order[]): Story {
  const story = tellStory()
  for (const order of orders) story.captured(order)
  return story
}

test('versions in any order, repeated, end in the state of the ideal sequence', () => {
  const cases = versionsOf({ most: 5 }).chain((tidy) =>
    fc.record({ tidy: fc.constant(tidy), untidy: jumbled(tidy) }),
  )
  fc.assert(
    fc.property(cases, ({ tidy, untidy }) => {
      expect(projected(told(untidy))).toEqual(projected(told(tidy)))
    }),
    tries(500),
  )
})

/** Units of an order dealt into parcels. */
const parcelsFor = (units: Readonly<Record<string, number>>): fc.Arbitrary<ReportedShipment[]> => {
  const each = Object.entries(units).flatMap(([sku, count]) => Array<string>(count).fill(sku))
  return fc.array(fc.nat(3), { minLength: each.length, maxLength: each.length }).map((places) =>
    [0, 1, 2, 3].flatMap((parcel) => {
      const inside = each.filter((_, i) => places[i] === parcel)
      const held: Record<string, number> = {}
      for (const sku of inside) held[sku] = (held[sku] ?? 0) + 1
      return inside.length > 0 ? [parcelOf(`P${parcel}`, held)] : []
    }),
  )
}

test('parcels in any order, mixed with late answers, holds and old versions, end in the same state', () => {
  const order = orderOf({
    lines: [lineOf({ quantity: 2 }), lineOf({ id: '2' }), lineOf({ id: '3', sku: 'PLATE' })],
  })
  type Sentence = (story: Story) => unknown
  const cases = parcelsFor({ MUG: 4, PLATE: 2 })
    .chain((parcels) => fc.subarray(parcels, { minLength: 1 }))
    .map((parcels): Sentence[] => [
      ...parcels.map((parcel) => (story: Story) => story.shipped(parcel)),
      (story) => story.outcome('release-order', 'done', { epoch: 1 }),
      (story) => story.captured(order),
      (story) => story.held('checking'),
    ])
    .chain((tidy) => fc.record({ tidy: fc.constant(tidy), untidy: jumbled(tidy) }))

  const tell = (sentences: readonly Sentence[]) => {
    const story = tellStory()
    story.captured(order)
    story.did('create-order')
    story.claimed('release-order')
    for (const sentence of sentences) sentence(story)
    // A parcel may prove the release before its answer comes; the reference then is the parcel's.
    return projected(story)
  }
  fc.assert(
    fc.property(cases, ({ tidy, untidy }) => {
      expect(tell(untidy)).toEqual(tell(tidy))
    }),
    tries(500),
  )
})

test('every system has the newest version in the end, whatever version was posted', () => {
  const cases = versionsOf({ most: 4 }).chain((tidy) =>
    fc.record({
      tidy: fc.constant(tidy),
      untidy: jumbled(tidy),
      posted: fc.nat(6),
      ended: fc.nat(6),
      amends: fc.boolean(),
    }),
  )
  fc.assert(
    fc.property(cases, ({ tidy, untidy, posted, ended, amends }) => {
      const story = tellStory(amends ? able('amend-order') : policy)
      for (const [i, order] of untidy.entries()) {
        story.captured(order)
        if (i === posted) story.claimed('create-order')
        if (i >= ended) story.outcome('create-order', 'done')
      }
      story.outcome('create-order', 'done')

      const { seen, intents, cancelRequestedAt, acknowledged } = story.state
      expect(seen?.version).toBe(tidy.at(-1)?.version)
      if (intents['create-order']?.state !== 'done') return
      const differs = acknowledged.erp !== desiredDigest(story.state, 'erp') && !cancelRequestedAt
      expect(story.exceptions().includes('amended-after-posting')).toBe(differs && !amends)
      if (differs && amends && story.exceptions().length === 0) {
        story.did('amend-order')
        expect(story.state.acknowledged.erp).toBe(desiredDigest(story.state, 'erp'))
      }
      if (cancelRequestedAt) expect(story.intent('cancel-order')).toBe('pending')
    }),
    tries(500),
  )
})
