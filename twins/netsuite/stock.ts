import { z } from 'zod'
import { NetsuiteSettings } from '../../connectors/netsuite/settings.ts'
import { parseJson } from '../../domain/parse.ts'
import type { TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import { refused, shown } from './answers.ts'
import { idFor, type Place } from './lines.ts'
import type { TwinLine, TwinOrder } from './records.ts'

const StockInput = z.object({
  counts: z.array(
    z.object({
      sku: z.string().min(1),
      onHand: z.number(),
      location: z.coerce.string().optional(),
    }),
  ),
})

const Balance = z.object({
  item: z.number(),
  sku: z.string(),
  location: z.string(),
  onHand: z.number(),
})
type Balance = z.infer<typeof Balance>

/** Is told what lies at its locations. */
export function takeStock(place: Place, body: string): TwinReply {
  const parsed = parseJson(body)
  const told = StockInput.safeParse(parsed.ok ? parsed.value : undefined)
  if (!told.success) return refused(400, 'INVALID_CONTENT', { detail: 'counts of sku and onHand' })
  for (const { sku, onHand, location = usual(place.world) } of told.data.counts) {
    const { id } = idFor('item', { name: sku, first: 501 }, place)
    put(place.world, { item: Number(id), sku, location, onHand })
  }
  return shown({ items: told.data.counts.length })
}

/** What is fulfilled leaves; of what nobody counted nothing is known. */
export function relieveStock(
  world: TwinWorld,
  order: TwinOrder,
  shipped: readonly { readonly line: TwinLine; readonly quantity: number }[],
): void {
  const at = z.object({ location: z.object({ id: z.string() }) }).safeParse(order).data
  const location = at?.location.id ?? usual(world)
  for (const { line, quantity } of shipped) {
    const key = keyOf(location, line.item.refName ?? '')
    const known = Balance.safeParse(world.documents.get('stock', key)).data
    if (known) put(world, { ...known, onHand: known.onHand - quantity })
  }
}

export const balances = (world: TwinWorld): readonly Balance[] =>
  world.documents.all('stock').map((balance) => Balance.parse(balance))

const ours =
  /^SELECT .+ FROM inventoryitemlocations l JOIN item i ON i\.id = l\.item WHERE l\.location = (\d+) AND l\.item > (\d+) ORDER BY l\.item$/

/** SuiteQL, as far as anybody asks for stock in it. */
export function answerQuery({ headers, body }: TwinRequest, url: URL, world: TwinWorld): TwinReply {
  if (headers['prefer'] !== 'transient') {
    return refused(400, 'INVALID_HEADER', { detail: 'Missing a required header: Prefer.' })
  }
  const parsed = parseJson(body)
  const asked = z.object({ q: z.string() }).safeParse(parsed.ok ? parsed.value : undefined)
  const [, location, after] = ours.exec(asked.data?.q ?? '') ?? []
  if (!location) {
    return refused(400, 'INVALID_PARAMETER', { detail: 'Invalid search query. Check the syntax.' })
  }
  const limit = Number(url.searchParams.get('limit') ?? 1000)
  const found = balances(world)
    .filter((one) => one.location === location && one.item > Number(after))
    .toSorted((a, b) => a.item - b.item)
  const items = found.slice(0, limit).map(({ item, sku, onHand }) => ({
    links: [],
    item: String(item),
    sku,
    onhand: String(onHand),
    available: String(onHand),
  }))
  const hasMore = found.length > limit
  return shown({
    links: [],
    count: items.length,
    hasMore,
    items,
    offset: 0,
    totalResults: found.length,
  })
}

const usual = (world: TwinWorld): string => NetsuiteSettings.parse(world.settings).location ?? '1'

const keyOf = (location: string, sku: string): string => `${location}/${sku}`

const put = (world: TwinWorld, balance: Balance): void =>
  world.documents.put('stock', keyOf(balance.location, balance.sku), balance)
