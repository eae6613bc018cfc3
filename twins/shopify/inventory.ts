import { z } from 'zod'
import { digestOf } from '../kit/ids.ts'
import { indexedUntil } from '../kit/index-lag.ts'
import type { TwinWorld } from '../kit/twin.ts'
import { textOf } from './body.ts'
import { currentOf, type OpenOrder } from './order.ts'
import { connection, type Slice } from './pages.ts'

const Item = z.object({
  id: z.string(),
  sku: z.string(),
  available: z.int(),
  price: z.string(),
  /** When the shop began to sell it. */
  since: z.string().optional(),
})
type Item = z.infer<typeof Item>

export type Inventory = ReturnType<typeof inventory>

/** What the shop sells and how many of it, at the one location of its settings. */
export function inventory(world: TwinWorld, location = '70000000001') {
  const { documents, now } = world
  const all = (): readonly Item[] => documents.all('inventory').map((item) => Item.parse(item))
  const put = (item: Item): void => documents.put('inventory', item.id, item)
  const ofSku = (sku: string): Item | undefined => {
    const found = documents.get('inventory', idOfSku(sku))
    return found === undefined ? undefined : Item.parse(found)
  }
  return {
    all,
    find: (gid: string): Item | undefined => all().find(({ id }) => gid === gidOf(id)),
    isHere: (gid: string): boolean => gid === `gid://shopify/Location/${location}`,
    put,

    /** Sets how many there are. */
    count(sku: string, available: number): void {
      const since = now().toISOString()
      put({ price: '19.90', since, ...ofSku(sku), id: idOfSku(sku), sku, available })
    },

    /** What an order takes more than before is no longer there for others, and what it gives back is. */
    sold(before: OpenOrder | undefined, after: OpenOrder): void {
      const units = new Map<string, number>()
      const add = (order: OpenOrder | undefined, sign: number) => {
        for (const line of order?.lines ?? []) {
          const sku = textOf(line['sku'])
          if (sku) units.set(sku, (units.get(sku) ?? 0) + sign * currentOf(line))
        }
      }
      add(before, -1)
      add(after, 1)
      for (const [sku, more] of units) {
        const item = ofSku(sku)
        if (item && more !== 0) put({ ...item, available: item.available - more })
      }
    },

    /** All of them, or those that a search finds: its index may lag behind. */
    variants(slice: Slice, query?: string) {
      const until = indexedUntil(world, lagSeconds)
      const items =
        query === undefined
          ? all()
          : all().filter(
              ({ sku, since }) => !(Date.parse(since ?? '') > until) && isFound(sku, query),
            )
      const page = connection(items, slice)
      return { ...page, nodes: page.nodes.map(toVariantNode) }
    },
  }

  function toVariantNode(item: Item) {
    const { id, sku, price } = item
    return { id: `gid://shopify/ProductVariant/${id}`, sku, price, inventoryItem: toItemNode(item) }
  }
}

/** Seconds that a lagging search is behind. */
const lagSeconds = 60

/** Whether a SKU is one of `sku:"A" OR sku:"B"`: letters of either case, and all that begins with it. */
const isFound = (sku: string, query: string): boolean =>
  [...query.matchAll(/sku:"([^"]*)"/g)].some(([, wanted = '']) =>
    sku.toLowerCase().startsWith(wanted.toLowerCase()),
  )

export function toItemNode({ id, sku, available }: Item) {
  const level = {
    id: `gid://shopify/InventoryLevel/${id}`,
    quantities: ({ names }: { readonly names: readonly string[] }) =>
      names.includes('available') ? [{ name: 'available', quantity: available }] : [],
  }
  return {
    __typename: 'InventoryItem',
    id: gidOf(id),
    sku,
    tracked: true,
    inventoryLevel: () => level,
  }
}

const gidOf = (id: string): string => `gid://shopify/InventoryItem/${id}`

/** The same for one SKU in every life of the twin. */
const idOfSku = (sku: string): string => String(50_000_000_000_000 + digestOf(sku).readUInt32BE(0))
