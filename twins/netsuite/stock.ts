import { z } from 'zod'
import { fitting, refuse } from '../kit/answer.ts'
import { readJson } from '../kit/body.ts'
import { pageAfter } from '../kit/page.ts'
import { countsIn } from '../kit/stock-counts.ts'
import type { TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import { refused, shown } from './answers.ts'
import { idFor, type Place } from './lines.ts'
import type { TwinLine, TwinOrder } from './records.ts'
import { settingsOf } from './settings.ts'

const Balance = z.object({
  item: z.number(),
  sku: z.string(),
  location: z.string(),
  onHand: z.number(),
})
type Balance = z.infer<typeof Balance>

/** Sets what lies at its locations. */
export function takeStock(place: Place, body: string): TwinReply {
  const counts = countsIn(body)
  if (!counts) return refused(400, 'INVALID_CONTENT', { detail: 'counts of sku and onHand' })
  for (const { sku, onHand, location = usual(place.world) } of counts) {
    const { id } = idFor('item', { name: sku, first: 501 }, place)
    put(place.world, { item: Number(id), sku, location, onHand })
  }
  return shown({ items: counts.length })
}

/** What is fulfilled leaves; an item that was never counted stays unknown. */
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

/** SuiteQL, as far as stock is asked for in it. */
export function answerQuery({ headers, body }: TwinRequest, url: URL, world: TwinWorld): TwinReply {
  if (headers['prefer'] !== 'transient') {
    return refused(400, 'INVALID_HEADER', { detail: 'Missing a required header: Prefer.' })
  }
  const wrong = () =>
    refused(400, 'INVALID_PARAMETER', { detail: 'Invalid search query. Check the syntax.' })
  const { q } = fitting(z.object({ q: z.string() }), readJson(body), wrong)
  const [, location, after] = ours.exec(q) ?? refuse(wrong())
  const { page, hasMore, left } = pageAfter(
    balances(world).filter((one) => one.location === location),
    {
      key: ({ item }) => item,
      after: Number(after),
      size: Number(url.searchParams.get('limit') ?? 1000),
    },
  )
  const items = page.map(({ item, sku, onHand }) => ({
    links: [],
    item: String(item),
    sku,
    onhand: String(onHand),
    available: String(onHand),
  }))
  return shown({ links: [], count: items.length, hasMore, items, offset: 0, totalResults: left })
}

const usual = (world: TwinWorld): string => settingsOf(world).location ?? '1'

const keyOf = (location: string, sku: string): string => `${location}/${sku}`

const put = (world: TwinWorld, balance: Balance): void =>
  world.documents.put('stock', keyOf(balance.location, balance.sku), balance)
