import fc from 'fast-check'
import { toDeliver } from '../../domain/order/lines.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { tries } from '../support/laws.ts'
import { left } from '../support/three-systems.ts'
import { type Happening, happenings, openWorld } from '../support/world.ts'

const least: readonly EffectName[] = [
  'create-order',
  'cancel-order',
  'post-shipment',
  'release-order',
  'confirm-shipment',
]
const more: readonly EffectName[] = [
  'amend-order',
  'amend-release',
  'cancel-release',
  'cancel-sale',
]

/** Mostly the journey goes on; now and then something comes in between. */
const usual: readonly Happening['what'][] = [
  'deliver',
  'work',
  'work',
  'work',
  'ship',
  'report',
  'sweep',
]

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...happenings) },
  ),
  n: fc.nat(20),
})

const lives = fc.record({
  can: fc.oneof(fc.constant(more), fc.subarray([...more])),
  story: fc.array(happening, { minLength: 10, maxLength: 60, size: 'max' }),
})

async function lived({ can, story }: { can: readonly EffectName[]; story: readonly Happening[] }) {
  const world = openWorld([...least, ...can])
  await world.happen({ what: 'deliver', n: 0 })
  for (const happening of story) await world.happen(happening)
  await world.calm()
  return { ...world, can, end: await world.state() }
}

type Life = Awaited<ReturnType<typeof lived>>

const codesOf = ({ exceptions }: OrderState): readonly string[] =>
  Object.values(exceptions).map(({ code }) => code)

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((all, n) => all + n, 0)

/** What holds when all is calm again, whatever happened before. */
const laws: readonly (readonly [name: string, see: (life: Life) => void])[] = [
  [
    'there is one order at the ERP and one request at a time at the warehouse',
    ({ systems }) => {
      expect(systems.erp.length).toBeLessThanOrEqual(1)
      const atWork = systems.warehouse.filter((one) => !one.cancelled && left(one).size > 0)
      expect(atWork.length).toBeLessThanOrEqual(1)
    },
  ],

  [
    'each parcel that left is in the ledger, at the ERP and at the channel once',
    ({ systems, parcels, end }) => {
      const ids = parcels.map(({ id }) => id).toSorted()
      expect(Object.keys(end.shipments).toSorted()).toEqual(ids)
      const booked = Object.values(end.shipments)
        .filter(({ lines }) => lines.length > 0)
        .map(({ id }) => id)
        .toSorted()
      expect(systems.erp.flatMap((order) => order.parcels).toSorted()).toEqual(booked)
      expect(systems.told.toSorted()).toEqual(booked)
    },
  ],

  [
    'the ERP has what stands, or somebody is told that it has not',
    ({ systems, end }) => {
      const [order] = systems.erp
      const codes = codesOf(end)
      if (!order || codes.includes('amended-after-posting') || codes.includes('effect-refused'))
        return
      const left = end.lines.some((line) => line.shipped > 0)
      if (end.cancelledAt && !left) return expect(order.cancelled).toBe(true)
      if (end.cancelRequestedAt && !end.cancelledAt) return
      expect(order.cancelled).toBe(false)
      const standing = end.lines.filter((line) => toDeliver(line) > 0)
      expect(Object.fromEntries(order.units)).toEqual(
        Object.fromEntries(standing.map((line) => [line.id, toDeliver(line)])),
      )
    },
  ],

  [
    'the ERP’s total is what the channel is left with, to the cent, or somebody is told',
    ({ systems, end, can }) => {
      const [order] = systems.erp
      if (!order || order.cancelled || !can.includes('amend-order')) return
      const asChannelSays = end.lines.every((line) => line.cancelled === line.removed)
      if (codesOf(end).length > 0 || !asChannelSays) return
      expect(order.total).toBe(systems.order.currentTotal)
    },
  ],

  [
    'what the warehouse sent is what the ledger says, and never more than was ordered',
    ({ systems, end }) => {
      if (codesOf(end).includes('over-shipped')) return
      const sent = sum(systems.warehouse.flatMap((order) => [...order.sent.values()]))
      expect(sum(end.lines.map((line) => line.shipped))).toBe(sent)
      for (const line of end.lines) expect(line.shipped).toBeLessThanOrEqual(line.ordered)
    },
  ],

  [
    'what left went where the order says, or somebody is told',
    ({ systems, end }) => {
      const there = systems.order.people.shipTo?.address1
      const elsewhere = systems.warehouse.some(({ to, sent }) => sent.size > 0 && to !== there)
      if (!elsewhere || end.cancelledAt) return
      expect(codesOf(end)).toContain('shipped-before-change')
    },
  ],

  [
    'nothing is both sent and taken back, but somebody is told',
    ({ systems, end }) => {
      const both = systems.order.lines.filter(({ id, removed, quantity }) => {
        const shipped = end.lines.find((line) => line.id === id)?.shipped ?? 0
        return removed + shipped > quantity
      })
      if (both.length === 0) return
      const told = ['refunded-without-return', 'cancelled-after-release', 'over-shipped']
      expect(codesOf(end).some((code) => told.includes(code))).toBe(true)
    },
  ],

  [
    'what people took back the channel took back, once',
    ({ systems, end, can }) => {
      const codes = codesOf(end)
      if (!can.includes('cancel-sale')) return
      for (const line of end.lines) {
        const { removed = 0 } = systems.order.lines.find(({ id }) => id === line.id) ?? {}
        if (codes.length === 0)
          expect(removed).toBeGreaterThanOrEqual(Math.min(line.cancelledHere, line.cancelled))
        expect(removed).toBeLessThanOrEqual(line.ordered)
      }
    },
  ],

  [
    'where every system can be told, everybody gets what they ordered and nobody has to act',
    ({ end, can }) => {
      if (more.some((effect) => !can.includes(effect))) return
      const codes = codesOf(end).filter((code) => code !== 'overdue')
      const late = [
        'cancelled-after-release',
        'over-shipped',
        'effect-refused',
        'refunded-without-return',
        'amended-after-release',
        'shipped-before-change',
        // The channel took every unit back and keeps the shipping.
        'money-kept',
      ]
      expect(codes.filter((code) => !late.includes(code))).toEqual([])
      if (codes.length > 0) return
      for (const line of end.lines) expect(line.shipped + line.cancelled).toBe(line.ordered)
    },
  ],
]

test('systems and ledger agree in the end, whatever is lost, late, repeated, changed or cancelled', () =>
  fc.assert(
    fc.asyncProperty(lives, async (life) => {
      const end = await lived(life)
      for (const [name, see] of laws) {
        try {
          see(end)
        } catch (cause) {
          throw new Error(`it is not so that ${name}`, { cause })
        }
      }
    }),
    tries(300),
  ))
