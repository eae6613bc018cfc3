import type { Listings, ListingTermsBook, Shelves } from '../../domain/ports.ts'
import { emptyRow } from '../../domain/stock/row.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Listing } from '../../schemas/stored/listing.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'

const warehouse = ConnectionId.parse('shipbob/us')
const why = { parts: [], whole: 3, withheld: {}, own: 0 }
const at = '2026-11-21T10:00:00.000Z'

/** A listing of its own shop, so that tests do not meet. */
let shops = 0
function listingOf(change: Partial<Listing> = {}): Listing {
  shops += 1
  return Listing.parse({
    connection: `shopify/shop-${shops}`,
    sku: 'MUG',
    rev: 1,
    remote: { item: '1' },
    parts: [{ warehouse, sku: `MUG-${shops}`, per: 1 }],
    ...change,
  })
}

/** What a store of listings owes to those who project and publish. `put` lays an article somewhere. */
export function listingsContract(
  open: () => Listings & ListingTermsBook & Shelves,
  put: (row: StockRow) => Promise<unknown>,
): void {
  test('gives back what was written, and nothing of others', async () => {
    const listings = open()
    const desired = { value: 3, at, sold: 1, alone: true, why }
    const listing = listingOf({ attributes: { quantity: { desired } } })
    expect(await listings.find([listing], 'now')).toEqual([])
    expect(await listings.save(undefined, listing)).toBe(true)
    expect(await listings.find([listing, listingOf()], 'now')).toEqual([listing])
    expect(await listings.find([listing, listing], 'lately')).toEqual([listing])
  })

  test('writes terms with who said so, and remembers what was said before', async () => {
    const listings = open()
    const listing = listingOf()
    await listings.save(undefined, listing)
    const said = (minute: number, terms: Listing['terms'] = {}) => {
      const { connection, sku } = listing
      return { connection, sku, at: `2026-11-21T10:0${minute}:00.000Z`, by: 'jane', terms }
    }
    const first = said(1, { buffer: 2, allocation: { exclusive: 3 } })
    expect(await listings.change(listing, first)).toBe(true)
    expect(await listings.change(listing, said(2))).toBe(false)
    const [known = listing] = await listings.find([listing], 'now')
    expect(known.terms).toEqual(first.terms)
    const [shelf] = await listings.shelves(listing.parts)
    expect(shelf?.sold).toMatchObject([{ exclusive: 3 }])
    expect(await listings.change(known, said(3, { allocation: { percent: 50 } }))).toBe(true)
    expect((await listings.shelves(listing.parts))[0]?.sold).toMatchObject([{ exclusive: 0 }])
    const [latest = listing] = await listings.find([listing], 'now')
    expect(await listings.change(latest, said(4))).toBe(true)
    expect((await listings.find([listing], 'now'))[0]?.terms).toBeUndefined()
    expect((await listings.changes(listing)).map(({ at }) => at)).toEqual([
      said(4).at,
      said(3).at,
      first.at,
    ])
  })

  test('finds 500 at once', async () => {
    const listings = open()
    const first = listingOf()
    const all = Array.from({ length: 500 }, (_, i) => ({ ...first, sku: `S-${i}`, parts: [] }))
    await Promise.all(all.map((listing) => listings.save(undefined, listing)))
    expect(await listings.find(all, 'lately')).toHaveLength(500)
  })

  test('refuses a second beginning and a step from what is no longer so', async () => {
    const listings = open()
    const listing = listingOf()
    expect(await listings.save(undefined, listing)).toBe(true)
    expect(await listings.save(undefined, listing)).toBe(false)
    expect(await listings.save(listing, { ...listing, rev: 2 })).toBe(true)
    expect(await listings.save(listing, { ...listing, rev: 2 })).toBe(false)
  })

  test('refuses such a step also where the articles change', async () => {
    const listings = open()
    const listing = listingOf()
    await listings.save(undefined, listing)
    const next = { ...listing, rev: 2, parts: [] }
    await listings.save(listing, next)
    expect(await listings.save(listing, { ...listing, rev: 2 })).toBe(false)
  })

  test('knows of each article what it is part of, as of now', async () => {
    const listings = open()
    const listing = listingOf({ terms: { allocation: { exclusive: 4 } } })
    const [part = { warehouse, sku: '', per: 1 }] = listing.parts
    const article = { warehouse, sku: part.sku }
    const soldOf = async () => (await listings.shelves([article]))[0]?.sold
    await listings.save(undefined, listing)
    const { connection, sku } = listing
    expect(await soldOf()).toEqual([{ connection, sku, per: 1, exclusive: 4 }])
    const case6 = { ...listing, rev: 2, parts: [{ ...part, per: 6 }], terms: {} }
    await listings.save(listing, case6)
    expect(await soldOf()).toEqual([{ connection, sku, per: 6 }])
    await listings.save(case6, { ...case6, rev: 3, parts: [] })
    expect(await soldOf()).toEqual([])
  })

  test('a SKU may have a # of its own', async () => {
    const listings = open()
    const listing = listingOf({ sku: 'A#1', attributes: { quantity: { dirtySince: at } } })
    await listings.save(undefined, listing)
    const { connection, sku } = listing
    expect(await listings.due(connection, { now: at })).toEqual([{ connection, sku }])
  })

  test('shows what lies where with its listings', async () => {
    const listings = open()
    const listing = listingOf()
    const [part] = listing.parts
    const place = { warehouse, sku: part?.sku ?? '', location: 'us', share: 0 }
    const row = { ...emptyRow(place), rev: 1, onHand: 7 }
    await put(row)
    await listings.save(undefined, listing)
    const [shelf] = await listings.shelves([place])
    expect(shelf?.rows).toEqual([row])
    expect(shelf?.waits).toEqual([])
    expect(shelf?.sold).toHaveLength(1)

    const hot = { ...place, sku: `${place.sku}-HOT` }
    const shares = [0, 1].map((share) => ({ ...emptyRow({ ...hot, share }), rev: 1, shares: 2 }))
    for (const share of shares) await put(share)
    expect((await listings.shelves([hot]))[0]?.rows.map(({ share }) => share)).toEqual([0, 1])
  })

  test('finds what waits for its channel, the longest first, and what ran out by itself', async () => {
    const listings = open()
    const listing = listingOf()
    const desired = { value: 0, at, sold: 0, alone: true, why }
    const late = '2026-11-21T10:00:05.000Z'
    const { connection } = listing
    const all = [
      { sku: 'LATE', quantity: { dirtySince: late } },
      { sku: 'NONE', quantity: { desired, dirtySince: at } },
      { sku: 'DONE', quantity: { desired } },
      { sku: 'BELIEVED', quantity: { unseen: { units: 1, until: late } } },
    ].map(({ sku, quantity }) => ({ ...listing, sku, attributes: { quantity }, parts: [] }))
    for (const one of all) await listings.save(undefined, one)
    const skus = async (now: string, only?: 'zero') =>
      (await listings.due(connection, { now, ...(only && { only }) })).map(({ sku }) => sku)
    expect(await skus(at)).toEqual(['NONE'])
    expect(await skus(late, 'zero')).toEqual(['NONE'])
    expect((await skus(late)).toSorted()).toEqual(['BELIEVED', 'LATE', 'NONE'])
    expect((await skus(late))[0]).toBe('NONE')
    const told = { ...listing, ...all[1], attributes: { quantity: { desired } } }
    await listings.save(all[1], { ...told, rev: 2 })
    expect(await skus(late, 'zero')).toEqual([])
  })
}
