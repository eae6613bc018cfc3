import { z } from 'zod'
import { parseJson } from '../../domain/parse.ts'
import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import { refused, shown } from './answers.ts'
import { guidOf, type TwinLine } from './records.ts'

const Balance = z.object({ number: z.string().min(1).max(20), inventory: z.number() })
type Balance = z.infer<typeof Balance>

const StockInput = z.object({
  counts: z.array(z.object({ sku: z.string().min(1).max(20), onHand: z.number() })),
})

/** Is told what its items' cards say is there. */
export function takeStock(world: TwinWorld, body: string): TwinReply {
  const parsed = parseJson(body)
  const told = StockInput.safeParse(parsed.ok ? parsed.value : undefined)
  if (!told.success) return refused(400, 'BadRequest', 'counts of sku and onHand')
  for (const { sku, onHand } of told.data.counts) put(world, { number: sku, inventory: onHand })
  return shown(200, { items: told.data.counts.length })
}

/** What is posted as shipped is gone; of what nobody counted nothing is known. */
export function relieveStock(world: TwinWorld, lines: readonly TwinLine[]): void {
  for (const line of lines) {
    const number = String(line['lineObjectNumber'] ?? '').toUpperCase()
    const known = Balance.safeParse(world.documents.get('inventory', number)).data
    if (known) put(world, { number, inventory: known.inventory - line.shipQuantity })
  }
}

export const inventory = (world: TwinWorld): readonly Balance[] =>
  world.documents.all('inventory').map((balance) => Balance.parse(balance))

/** All items are asked for by their type; a few by their numbers. */
export const asksForStock = (options: URLSearchParams): boolean =>
  options.get('$filter') === "type eq 'Inventory'"

const pageSize = 1000

interface Asked {
  readonly pathname: string
  readonly options: URLSearchParams
}

/** Items by number, a page at a time. */
export function showStock(world: TwinWorld, { pathname, options }: Asked): TwinReply {
  const from = options.get('$skiptoken') ?? ''
  const found = inventory(world)
    .filter(({ number }) => number > from)
    .toSorted((a, b) => (a.number < b.number ? -1 : 1))
  const value = found
    .slice(0, pageSize)
    .map((one) => ({ id: guidOf(`item/${one.number}`), ...one }))
  const last = value.at(-1)
  const rest = new URLSearchParams(options)
  if (last) rest.set('$skiptoken', last.number)
  const more = found.length > pageSize
  const link = `https://api.businesscentral.dynamics.com${pathname}?${rest}`
  return shown(200, {
    '@odata.context': '$metadata#companies/items',
    value,
    ...(more && { '@odata.nextLink': link }),
  })
}

const put = (world: TwinWorld, { number, inventory: units }: Balance): void =>
  world.documents.put('inventory', number.toUpperCase(), {
    number: number.toUpperCase(),
    inventory: units,
  })
