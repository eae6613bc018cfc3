import { z } from 'zod'
import { refuse } from '../kit/answer.ts'
import { guidOf } from '../kit/ids.ts'
import { pageAfter } from '../kit/page.ts'
import { countsIn } from '../kit/stock-counts.ts'
import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import { refused, shown } from './answers.ts'
import { showList } from './list.ts'
import { save, type TwinLine } from './records.ts'
import { companyOf } from './settings.ts'

const Balance = z.object({ number: z.string(), inventory: z.number() })

const pageSize = 1000

/** Items by number a page at a time, when all are asked for by their type; those of some numbers otherwise. */
export function showItems(world: TwinWorld, { pathname, searchParams: options }: URL): TwinReply {
  const filter = options.get('$filter') ?? ''
  if (filter !== "type eq 'Inventory'") {
    for (const [, quoted = ''] of filter.matchAll(/number eq '((?:[^']|'')+)'/g)) {
      meet(world, quoted.replaceAll("''", "'"))
    }
    return showList(world, 'item', options)
  }
  const { page, last, hasMore } = pageAfter(inventory(world), {
    key: ({ number }) => number,
    after: options.get('$skiptoken') ?? '',
    size: pageSize,
  })
  const rest = new URLSearchParams(options)
  rest.set('$skiptoken', last?.number ?? '')
  return shown(200, {
    '@odata.context': '$metadata#companies/items',
    value: page.map((one) => ({ id: guidOf(`item/${one.number}`), ...one })),
    ...(hasMore && {
      '@odata.nextLink': `https://${companyOf(world.settings).host}${pathname}?${rest}`,
    }),
  })
}

/** Every item exists that is asked for, but those that a test declares unknown, or names so. */
function meet(world: TwinWorld, number: string): void {
  if (number.length > 20) refuse(refused(400, 'Application_FilterErrorException', 'too long'))
  const { documents } = world
  const deleted = number.startsWith('UNKNOWN') || Boolean(documents.get('unknownItem', number))
  const blocked = Boolean(documents.get('blockedItem', number))
  const id = guidOf(`item/${number}`)
  save(world, 'item', { id, number, displayName: number, blocked, deleted })
}

/** Sets what the items' cards say is there. */
export function takeStock(world: TwinWorld, body: string): TwinReply {
  const counts = countsIn(body)
  if (!counts) return refused(400, 'BadRequest', 'counts of sku and onHand')
  for (const { sku, onHand } of counts) put(world, sku, onHand)
  return shown(200, { items: counts.length })
}

/** What is posted as shipped is gone; an item that was never counted stays unknown. */
export function relieveStock(world: TwinWorld, lines: readonly TwinLine[]): void {
  for (const line of lines) {
    const number = String(line['lineObjectNumber'] ?? '').toUpperCase()
    const known = Balance.safeParse(world.documents.get('inventory', number)).data
    if (known) put(world, number, known.inventory - line.shipQuantity)
  }
}

export const inventory = ({ documents }: TwinWorld) =>
  documents.all('inventory').map((balance) => Balance.parse(balance))

/** Codes are kept in upper case. */
const put = ({ documents }: TwinWorld, sku: string, units: number): void =>
  documents.put('inventory', sku.toUpperCase(), { number: sku.toUpperCase(), inventory: units })
