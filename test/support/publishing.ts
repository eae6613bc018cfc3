import { after } from '../../domain/instant.ts'
import { type Attribute, plainAttribute } from '../../domain/listings/attribute.ts'
import { attributesOf } from '../../domain/listings/attributes.ts'
import { stateOf } from '../../domain/listings/listing.ts'
import type { Publication, Semantics } from '../../domain/listings/listings-capability.ts'
import { project } from '../../domain/listings/project.ts'
import { publish } from '../../domain/listings/publish.ts'
import type { Point, PublishDeps } from '../../domain/listings/record-outcomes.ts'
import { sellersOf } from '../../domain/listings/sellers.ts'
import { emptyRow } from '../../domain/stock/row.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { ListingMessage } from '../../schemas/messages/listing-message.ts'
import { SellingTerms, StockSettings } from '../../schemas/settings.ts'
import type { Listing, ListingTerms, Quantity } from '../../schemas/stored/listing.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import { FakeShop, type Otherwise, type Price } from './fake-shop.ts'
import { memoryGate } from './memory-guard.ts'
import { MemoryListings } from './memory-listings.ts'
import { MemoryStock } from './memory-stock.ts'

export const shop = ConnectionId.parse('shopify/demo-store')
export const market = ConnectionId.parse('mirakl/demo-shop')
export const warehouse = ConnectionId.parse('shipbob/us')
const erp = ConnectionId.parse('netsuite/erp')

const stock = StockSettings.parse({ locations: { us: { warehouse, code: '1' } } })

interface Given {
  readonly terms?: Partial<SellingTerms>
  readonly market?: Partial<SellingTerms>
  /** @default 'sellable' */
  readonly semantics?: Semantics
  readonly selling?: Otherwise
}

/** A shop, a marketplace beside it, one warehouse, and the lane between them; time stands still unless it is moved. */
export function publishing(given: Given = {}) {
  let now = '2026-11-21T10:00:00.000Z'
  const clock = () => new Date(now)
  const book = new MemoryStock(({ warehouse: wms, sku }) => [
    { warehouse: wms, sku, location: 'us', share: 0 },
  ])
  const listings = new MemoryListings(book)
  const channel = (id: ConnectionId, terms: Partial<SellingTerms> = {}) => ({
    id,
    shows: given.semantics ?? ('sellable' as const),
    sells: { ...SellingTerms.parse({}), ...terms },
  })
  const sellers = sellersOf({
    connections: [channel(shop, given.terms), channel(market, given.market)],
    routes: [{ when: {}, erp, wms: warehouse }],
    stock,
  })
  const fake = new FakeShop()
  const hints: { readonly message: ListingMessage; readonly at: string }[] = []
  const points: Point[] = []
  const account = {
    connection: shop,
    settings: {},
    secret: async () => ({}),
    send: async () => ({ ok: true as const, value: { status: 200, headers: {}, body: '' } }),
    tokens: { get: async () => ({ ok: true as const, value: '' }), drop: async () => {} },
    now: clock,
  }
  const { gate, breakers } = memoryGate(account, clock)
  const capability = fake.capability(given.selling)
  const nextAt = new Map<string, string>()
  const prices = new Map<string, Price>()
  const seller = sellers.get(shop)
  if (!seller) throw new Error('the shop is no seller')
  const deps: PublishDeps = {
    listings,
    attributes: {
      ...attributesOf({ shelves: listings, sellers, clock }),
      ...(given.selling?.price && { price: priceIn(prices) }),
    },
    sellers,
    clock,
    seller,
    capability: { ...capability, attributes: asked(capability.attributes) },
    gate,
    again: async (body, seconds) => {
      const message = ListingMessage.parse(JSON.parse(body))
      hints.push({ message, at: after(now, seconds) })
    },
    paceOf: (attribute) => ({
      take: async (seconds) => {
        if ((nextAt.get(attribute) ?? now) > now) return false
        nextAt.set(attribute, after(now, seconds))
        return true
      },
      give: async (seconds) => {
        nextAt.set(attribute, after(now, seconds))
      },
    }),
    limit: 300,
    count: (point) => points.push(point),
  }
  const world = {
    fake,
    book,
    listings,
    hints,
    points,
    breakers,
    deps,
    now: () => now,
    pass: (seconds: number) => {
      now = after(now, seconds)
    },
    prices,
    /** What is known of how many a channel may sell. */
    quantity: async (sku: string, connection = shop): Promise<Quantity> =>
      (await world.listing(sku, connection)).attributes.quantity ?? {},
    listing: async (sku: string, connection = shop): Promise<Listing> => {
      const [found] = await listings.find([{ connection, sku }])
      if (!found) throw new Error(`${connection} does not sell ${sku}`)
      return found
    },
    /** Something that a channel sells, shown as it is offered. */
    sells: async (sku: string, options: Selling = {}): Promise<void> => {
      const { connection = shop, parts = { [sku]: 1 }, terms } = options
      await listings.save(undefined, {
        connection,
        sku,
        rev: 1,
        remote: {},
        ...(terms && { terms }),
        parts: Object.entries(parts).map(([part, per]) => ({ warehouse, sku: part, per })),
        attributes: {},
      })
      await world.project(sku, connection)
      const before = await world.listing(sku, connection)
      const { dirtySince: _, ...quantity } = before.attributes.quantity ?? {}
      const value = options.shows ?? quantity.desired?.value ?? 0
      if (connection === shop) fake.shown.set(sku, value)
      const acknowledged = { value, at: now, sold: quantity.desired?.sold ?? 0 }
      const attributes = { quantity: { ...quantity, acknowledged } }
      await listings.save(before, { ...before, rev: before.rev + 1, attributes })
      const other = hints.filter(({ message }) => !('sku' in message) || message.sku !== sku)
      hints.splice(0, hints.length, ...other)
      await world.project(sku, connection)
    },
    project: async (sku: string, connection = shop): Promise<void> => {
      const { turned } = await project([{ connection, sku }], now, deps)
      hints.push(
        ...turned.filter((id) => id.connection === shop).map((message) => ({ message, at: now })),
      )
    },
    /** Changes an article where it lies, and looks at every listing that it is part of. */
    changes: async (sku: string, change: (row: StockRow) => Partial<StockRow>): Promise<void> => {
      const place = { warehouse, sku, location: 'us', share: 0 }
      const before = book.at(place) ?? emptyRow(place)
      await book.save({
        rows: [{ before, after: { ...before, ...change(before), rev: before.rev + 1 } }],
      })
      const [shelf] = await listings.shelves([place])
      for (const sold of shelf?.sold ?? []) await world.project(sold.sku, sold.connection)
    },
    /** An order of a channel, reserved. */
    orders: (sku: string, by = shop, units = 1): Promise<void> =>
      world.changes(sku, ({ reserved, reservedBy }) => ({
        reserved: reserved + units,
        reservedBy: { ...reservedBy, [by]: (reservedBy[by] ?? 0) + units },
      })),
    /** Hands over the hints whose time has come, all in one batch, until there are none. */
    work: async (): Promise<void> => {
      for (let round = 0; round < 10; round++) {
        const ready = hints.filter(({ at }) => at <= now)
        if (ready.length === 0) return
        for (const hint of ready) hints.splice(hints.indexOf(hint), 1)
        await publish(
          ready.map(({ message }) => message),
          deps,
        )
      }
    },
  }
  return world
}

interface Selling {
  readonly connection?: ConnectionId
  readonly parts?: Readonly<Record<string, number>>
  readonly terms?: ListingTerms
  /** @default what it is offered */
  readonly shows?: number
}

/** The price of a list, which is nothing that the channel changes by itself. */
const priceIn = (prices: ReadonlyMap<string, Price>): Attribute => ({
  ...plainAttribute,
  desire: async () => (listing) => {
    const value = prices.get(listing.sku)
    return { state: stateOf(listing, 'price'), ...(value && { desired: { value } }) }
  },
})

/** The fake does not use the account, but the gate has to see that it was asked. */
const asked = <T extends Readonly<Record<string, Publication>>>(publications: T): T =>
  Object.fromEntries(
    Object.entries(publications).map(([name, publication]) => {
      const write: Publication['write'] = async (account, changes) => {
        const sent = await account.send({ kind: 'write', method: 'POST', url: 'https://shop' })
        return sent.ok ? publication.write(account, changes) : sent
      }
      return [name, { ...publication, write }]
    }),
    // The same names with the same kind of value.
  ) as T
