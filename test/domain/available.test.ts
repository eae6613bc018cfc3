import fc from 'fast-check'
import { available, type Offer, type OfferedPart, sayWhy } from '../../domain/stock/available.ts'
import { emptyRow, freeIn } from '../../domain/stock/row.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { SellingTerms } from '../../schemas/settings.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'

const shop = ConnectionId.parse('shopify/demo-store')
const warehouse = ConnectionId.parse('shipbob/us')
const abroad = ConnectionId.parse('shipbob/eu')
const now = '2026-11-21T10:00:00.000Z'
const plain = SellingTerms.parse({})

const rowOf = (change: Partial<StockRow> = {}): StockRow => ({
  ...emptyRow({ warehouse, sku: 'MUG', location: 'us', share: 0 }),
  rev: 1,
  ...change,
})

const partOf = (change: Partial<OfferedPart> = {}): OfferedPart => ({
  warehouse,
  sku: 'MUG',
  per: 1,
  rows: [rowOf({ onHand: 12 })],
  kept: 0,
  own: 0,
  safety: {},
  ...change,
})

const offerOf = (change: Partial<Offer> = {}): Offer => ({
  connection: shop,
  terms: plain,
  semantics: 'sellable',
  parts: [partOf()],
  now,
  ...change,
})

const unitsOf = (offer: Offer): number | undefined => available(offer)?.units

test('a quantity is explained', () => {
  const rows = [rowOf({ onHand: 12, reserved: 3 })]
  const terms = { ...plain, buffer: 1 }
  const said = available(offerOf({ terms, parts: [partOf({ rows, safety: { us: 2 } })] }))
  expect(said?.units).toBe(6)
  expect(said && sayWhy(said)).toBe('on hand 12, reserved 3, safety 2, buffer 1 → 6')
})

test('shortages at other locations of the warehouse are not offered', () => {
  const parts = (short: number) => [partOf({ short, safety: { us: 2 } })]
  const said = available(offerOf({ parts: parts(4) }))
  expect(said && sayWhy(said)).toBe('on hand 12, safety 2, short elsewhere 4 → 6')
  expect(unitsOf(offerOf({ parts: parts(20) }))).toBe(0)
})

test('a bundle is explained by component', () => {
  const parts = [
    partOf({ per: 2, rows: [rowOf({ onHand: 7 })] }),
    partOf({ sku: 'BOX', rows: [rowOf({ sku: 'BOX', onHand: 5, quarantined: 1 })] }),
  ]
  const said = available(offerOf({ parts }))
  expect(said && sayWhy(said)).toBe(
    '2 × MUG: on hand 7 → 7; 1 × BOX: on hand 5, quarantined 1 → 4 → 3',
  )
})

test('an article that was never counted is not published and limits no bundle', () => {
  expect(available(offerOf({ parts: [partOf({ rows: [] })] }))).toBeUndefined()
  expect(available(offerOf({ parts: [] }))).toBeUndefined()
  expect(unitsOf(offerOf({ parts: [partOf(), partOf({ sku: 'RIBBON', rows: [] })] }))).toBe(12)
})

test.each([
  ['half of it', { allocation: { percent: 50 } }, 6],
  ['half of it, rounded down', { buffer: 1, allocation: { percent: 50 } }, 5],
  ['so many at most', { allocation: { atMost: 5 } }, 5],
  ['no more than there is', { allocation: { atMost: 50 } }, 12],
  ['what it has to itself', { allocation: { exclusive: 4 } }, 4],
  ['none where there are too few to show', { minimum: 13 }, 0],
  ['all where there are just enough', { minimum: 12 }, 12],
  ['as many as may be shown', { maximum: 10 }, 10],
  ['none where the buffer is all there is', { buffer: 20 }, 0],
])('a channel is offered %s', (_, terms, units) => {
  expect(unitsOf(offerOf({ terms: { ...plain, ...terms } }))).toBe(units)
})

test('units exclusive to other channels are not available', () => {
  expect(unitsOf(offerOf({ parts: [partOf({ kept: 5 })] }))).toBe(7)
  expect(unitsOf(offerOf({ parts: [partOf({ kept: 50 })] }))).toBe(0)
})

test('shares and locations add up, and each location keeps its own safety stock and no more than it has', () => {
  const rows = [
    rowOf({ onHand: 4 }),
    rowOf({ share: 1, onHand: 3 }),
    rowOf({ location: 'east', onHand: 1 }),
  ]
  expect(unitsOf(offerOf({ parts: [partOf({ rows })] }))).toBe(8)
  expect(unitsOf(offerOf({ parts: [partOf({ rows, safety: { us: 2, east: 10 } })] }))).toBe(5)
})

test("a row's own safety stock goes before the location's", () => {
  const rows = [rowOf({ onHand: 12, safety: 0 })]
  expect(unitsOf(offerOf({ parts: [partOf({ rows, safety: { us: 5 } })] }))).toBe(12)
})

test('a location that promised too much takes it from the others', () => {
  const rows = [rowOf({ onHand: 1, reserved: 4 }), rowOf({ location: 'east', onHand: 10 })]
  expect(unitsOf(offerOf({ parts: [partOf({ rows, safety: { us: 2 } })] }))).toBe(7)
})

test('incoming units are offered within the lead time', () => {
  const incoming = [
    { units: 5, expectedAt: '2026-11-23T10:00:00.000Z' },
    { units: 50, expectedAt: '2026-11-23T10:00:00.001Z' },
  ]
  const parts = [partOf({ rows: [rowOf({ onHand: 2, incoming })] })]
  expect(unitsOf(offerOf({ parts }))).toBe(2)
  expect(unitsOf(offerOf({ parts, terms: { ...plain, leadTimeDays: 2 } }))).toBe(7)
})

test('warehouses are alternatives: each makes bundles of its own', () => {
  const at = (wms: ConnectionId, sku: string, onHand: number) =>
    partOf({ warehouse: wms, sku, rows: [rowOf({ warehouse: wms, sku, onHand })] })
  const parts = [
    at(warehouse, 'MUG', 5),
    at(warehouse, 'BOX', 0),
    at(abroad, 'MUG', 0),
    at(abroad, 'BOX', 5),
  ]
  expect(unitsOf(offerOf({ parts }))).toBe(0)
  const whole = [
    at(warehouse, 'MUG', 5),
    at(warehouse, 'BOX', 4),
    at(abroad, 'MUG', 3),
    at(abroad, 'BOX', 9),
  ]
  expect(unitsOf(offerOf({ parts: whole }))).toBe(7)
})

test('unseen sales are subtracted before allocation', () => {
  const terms = { ...plain, allocation: { percent: 50 } }
  expect(unitsOf(offerOf({ terms, unseen: 2 }))).toBe(5)
  expect(available(offerOf({ unseen: 2 }))?.why.withheld).toEqual({ unseen: 2 })
})

test('a channel that subtracts its own open orders gets them added', () => {
  const parts = [partOf({ rows: [rowOf({ onHand: 12, reserved: 5 })], own: 3 })]
  expect(unitsOf(offerOf({ parts }))).toBe(7)
  expect(unitsOf(offerOf({ parts, semantics: 'physical' }))).toBe(10)
  const terms = { ...plain, minimum: 8 }
  expect(unitsOf(offerOf({ parts, terms, semantics: 'physical' }))).toBe(3)
})

const small = fc.integer({ min: 0, max: 30 })
const anyRow = fc
  .record({
    location: fc.constantFrom('us', 'east'),
    share: fc.integer({ min: 0, max: 2 }),
    onHand: small,
    quarantined: fc.integer({ min: 0, max: 5 }),
    reserved: small,
  })
  .map((change) => rowOf(change))
const anyPart = fc
  .record({
    sku: fc.constantFrom('MUG', 'BOX', 'TEA'),
    per: fc.integer({ min: 1, max: 4 }),
    rows: fc.array(anyRow, { minLength: 1, maxLength: 4 }),
    kept: fc.integer({ min: 0, max: 5 }),
    safety: fc.record({ us: fc.integer({ min: 0, max: 5 }), east: fc.integer({ min: 0, max: 5 }) }),
  })
  .map((change) => partOf(change))
const anyTerms = fc
  .record({
    buffer: fc.integer({ min: 0, max: 5 }),
    allocation: fc.oneof(
      fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
      fc.record({ atMost: small }),
      fc.record({ exclusive: small }),
    ),
    minimum: fc.integer({ min: 0, max: 5 }),
    maximum: fc.option(small, { nil: undefined }),
  })
  .map((terms) => ({ ...plain, ...terms }))
const anyOffer = fc
  .record({
    parts: fc.array(anyPart, { minLength: 1, maxLength: 3 }),
    terms: anyTerms,
    unseen: fc.integer({ min: 0, max: 5 }),
  })
  .map((change) => offerOf(change))

const freeOf = (rows: readonly StockRow[]): number =>
  rows.reduce((sum, row) => sum + freeIn(row), 0)

test('no channel is offered more than is free of any component', () => {
  fc.assert(
    fc.property(anyOffer, (offer) => {
      const units = unitsOf(offer) ?? 0
      return offer.parts.every(
        ({ rows, per, kept }) => units * per <= Math.max(0, freeOf(rows) - kept),
      )
    }),
  )
})

test('more stock never means fewer available units', () => {
  fc.assert(
    fc.property(anyOffer, small, (offer, more) => {
      const [first, ...others] = offer.parts
      const [row, ...rows] = first?.rows ?? []
      if (!first || !row) return true
      const richer = { ...first, rows: [{ ...row, onHand: row.onHand + more }, ...rows] }
      const after = unitsOf({ ...offer, parts: [richer, ...others] }) ?? 0
      return after >= (unitsOf(offer) ?? 0)
    }),
  )
})

test('a bundle is limited by its scarcest component', () => {
  fc.assert(
    fc.property(anyOffer, (offer) => {
      const said = available({ ...offer, terms: plain, unseen: 0 })
      const alone = offer.parts.map((part) =>
        unitsOf({ ...offer, terms: plain, unseen: 0, parts: [part] }),
      )
      return said?.units === Math.min(...alone.map((units) => units ?? 0))
    }),
  )
})

test('the number of shards does not matter', () => {
  fc.assert(
    fc.property(fc.array(small, { minLength: 1, maxLength: 5 }), anyTerms, (units, terms) => {
      const shares = units.map((onHand, share) => rowOf({ share, onHand }))
      const one = [rowOf({ onHand: units.reduce((a, b) => a + b, 0) })]
      const safety = { us: 3 }
      return (
        unitsOf(offerOf({ terms, parts: [partOf({ rows: shares, safety })] })) ===
        unitsOf(offerOf({ terms, parts: [partOf({ rows: one, safety })] }))
      )
    }),
  )
})

test('the parts of a number add up to it', () => {
  fc.assert(
    fc.property(anyOffer, (offer) => {
      const said = available(offer)
      if (!said) return false
      const { parts, whole, withheld, own } = said.why
      const less = Object.values(withheld).reduce((sum, units) => sum + units, 0)
      const sums = parts.every((part) => {
        const left = part.onHand - part.quarantined - part.reserved
        return (
          part.sellable === Math.max(0, left - part.safety + part.incoming - part.kept) &&
          part.safety >= 0
        )
      })
      return sums && said.units === whole - less + own && said.units >= 0
    }),
  )
})
