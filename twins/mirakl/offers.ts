import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { json } from '../kit/answer.ts'
import type { Loose } from '../kit/body.ts'
import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import { linesOf, momentOf, numberOf, refusal, sliceOf, textOf } from './order.ts'

export type Offers = ReturnType<typeof offersOf>

const Offer = z.object({ id: z.int(), sku: z.string(), quantity: z.int(), price: z.number() })
type Offer = z.infer<typeof Offer>

const Import = z.object({
  id: z.string(),
  at: z.int(),
  status: z.enum(['WAITING', 'COMPLETE']),
  file: z.string(),
  report: z.string(),
  success: z.int(),
  errors: z.int(),
})
type Import = z.infer<typeof Import>

/** How long a file waits for its turn. */
const importMs = 3_000
/** How often one may come. */
const minuteMs = 60_000

interface Asked {
  readonly method: string
  readonly pathname: string
  readonly query: URLSearchParams
  readonly body: string
}

/** The shop's offers, and the imports that change their stock. */
export function offersOf({ documents, now }: Pick<TwinWorld, 'documents' | 'now'>) {
  const all = (): readonly Offer[] => documents.all('offers').map((one) => Offer.parse(one))
  const find = (sku: string): Offer | undefined => {
    const found = documents.get('offers', sku)
    return found === undefined ? undefined : Offer.parse(found)
  }
  const put = (offer: Offer): void => documents.put('offers', offer.sku, offer)
  const imports = (): readonly Import[] => documents.all('imports').map((one) => Import.parse(one))

  function take(body: string): TwinReply {
    const last = Math.max(0, ...imports().map(({ at }) => at))
    if (now().getTime() - last < minuteMs) {
      return throttled((last + minuteMs - now().getTime()) / 1000)
    }
    const file = /name="file"[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/.exec(body)?.[1]
    if (file === undefined) return refusal(400, "Required part 'file' is not present.")
    const id = randomUUID()
    const at = now().getTime()
    const made: Import = { id, at, status: 'WAITING', file, report: '', success: 0, errors: 0 }
    documents.put('imports', id, made)
    return json(201, { import_id: id })
  }

  function run(one: Import): void {
    const [heading = '', ...lines] = one.file.split('\n')
    const wrong = lines.flatMap((line, i) => {
      const [sku = '', quantity = ''] = cellsOf(line)
      const offer = find(sku)
      if (!offer) return [`"${i + 2}";"No offer with this SKU was found";${line}`]
      if (!/^\d+$/.test(quantity)) return [`"${i + 2}";"The quantity is not valid";${line}`]
      put({ ...offer, quantity: Number(quantity) })
      return []
    })
    const report = [`"error-line";"error-message";${heading}`, ...wrong].join('\n')
    documents.put('imports', one.id, {
      ...one,
      status: 'COMPLETE',
      report,
      success: lines.length - wrong.length,
      errors: wrong.length,
    } satisfies Import)
  }

  return {
    all,
    importWhatIsDue(): void {
      for (const one of imports()) {
        if (one.status === 'WAITING' && now().getTime() - one.at >= importMs) run(one)
      }
    },
    /** Sets how many are offered. */
    count(sku: string, quantity: number): void {
      const known = find(sku)
      put({ price: 19.9, id: known?.id ?? 2000 + all().length, sku, quantity })
    },
    /** What is ordered is no longer offered. */
    sold(order: Loose): void {
      for (const line of linesOf(order)) {
        const offer = find(textOf(line['offer_sku']))
        const quantity = Math.max(0, (offer?.quantity ?? 0) - numberOf(line['quantity']))
        if (offer) put({ ...offer, quantity })
      }
    },
    answer({ method, pathname, query, body }: Asked): TwinReply | undefined {
      if (method === 'POST' && pathname === '/api/offers/stock/imports') return take(body)
      if (method === 'GET' && pathname === '/api/offers') return list(all(), query)
      const [, id, what] =
        /^\/api\/offers\/stock\/imports\/([^/]+)\/(status|error_report)$/.exec(pathname) ?? []
      if (method !== 'GET' || id === undefined) return undefined
      const found = imports().find((one) => one.id === id)
      if (!found) return refusal(404, `Import ${id} not found`)
      return what === 'status' ? json(200, statusOf(found)) : reportOf(found)
    },
  }
}

const statusOf = ({ id, at, status, success, errors }: Import) => ({
  date_created: momentOf(new Date(at)),
  has_error_report: errors > 0,
  import_id: id,
  lines_in_error: errors,
  lines_in_success: success,
  shop_id: 2000,
  status,
})

const reportOf = ({ report, errors }: Import): TwinReply =>
  errors > 0
    ? { status: 200, headers: { 'content-type': 'text/csv' }, body: report }
    : refusal(404, 'There is no error report')

/** OF21: all, or those of a SKU. */
function list(all: readonly Offer[], query: URLSearchParams): TwinReply {
  const sku = query.get('sku')
  const offers = sku === null ? all : all.filter((offer) => offer.sku === sku)
  return json(200, {
    offers: sliceOf(offers, query).map(toWire),
    total_count: offers.length,
  })
}

/** Mirakl says how often one should ask, and not for how long it stops answering. */
export const throttled = (seconds: number): TwinReply => {
  const reply = refusal(429, 'Too Many Requests')
  const wait = String(Math.max(1, Math.ceil(seconds)))
  return { ...reply, headers: { ...reply.headers, 'retry-after': wait } }
}

/** The cells of a line by RFC 4180, with semicolons. */
const cellsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:^|;)(?:"((?:[^"]|"")*)"|([^";]*))(?=;|$)/g)].map(
    ([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare,
  )

const toWire = ({ id, sku, quantity, price }: Offer) => ({
  active: quantity > 0,
  all_prices: [],
  allow_quote_requests: false,
  category_code: 'HOME',
  category_label: 'Home',
  channels: [],
  currency_iso_code: 'EUR',
  description: '',
  fulfillment: { center: { code: 'DEFAULT' } },
  inactivity_reasons: quantity > 0 ? [] : ['ZERO_QUANTITY'],
  leadtime_to_ship: 2,
  logistic_class: { code: 'M', label: 'Medium' },
  max_order_quantity: null,
  min_order_quantity: 1,
  min_quantity_alert: 0,
  min_shipping_price: 0,
  min_shipping_price_additional: 0,
  min_shipping_type: 'STD',
  min_shipping_zone: 'DOM',
  offer_id: id,
  package_quantity: 1,
  price,
  product_references: [],
  product_sku: `P-${sku}`,
  product_title: sku,
  quantity,
  shipping_deadline: null,
  shop_sku: sku,
  state_code: '11',
  total_price: price,
})
