import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import { cellsOf } from '../../domain/csv.ts'
import { type Failure, retry } from '../../domain/failure.ts'
import type {
  Change,
  FeedResult,
  ListingsCapability,
  Shown,
  Written,
} from '../../domain/listings/listings-capability.ts'
import { minorUnits } from '../../domain/money/minor-units.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { texts } from '../kit/shapes.ts'
import { ask, exchange } from './client.ts'
import { interpret } from './responses.ts'
import { ownCenter } from './to-order.ts'
import { Count } from './wire.ts'

/** The most offers that Mirakl gives at once. */
const page = 100

/**
 * Quantities by STO01, which changes nothing else of an offer; OF24 would reset whatever it is not sent. A file may come
 * once a minute, is worked off later, and says line by line what it could not take. Nothing is compared: a marketplace
 * that sold something a moment ago gets the number all the same.
 */
export const stock: ListingsCapability = {
  attributes: {
    quantity: {
      semantics: 'sellable',
      unsent: 'kept',
      batch: 10_000,
      everySeconds: 60,
      write,
      readFeed,
    },
  },
  read,
  page,
  find: { batch: 1, ask: find },
}

const Imported = z.object({ import_id: z.string().min(1) })

async function write(
  account: Account,
  changes: readonly Change<number>[],
): Promise<Result<Written<number>, Failure>> {
  const file = csvOf(changes)
  const boundary = `crossdock-${createHash('sha256').update(file).digest('hex').slice(0, 32)}`
  const answer = await ask(account, {
    method: 'POST',
    path: '/offers/stock/imports',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    answer: Imported,
    text: [
      `--${boundary}`,
      'Content-Disposition: form-data; name="file"; filename="stock.csv"',
      'Content-Type: text/csv; charset=utf-8',
      '',
      file,
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  })
  return answer.ok ? ok({ feed: answer.value.import_id, seconds: asked }) : answer
}

/** STO02 may be asked once in so many seconds. */
const asked = 15

const columns = ['offer-sku', 'quantity', 'warehouse-code', 'update-delete'] as const

/** Without a warehouse a quantity is the whole of its offer. */
const csvOf = (changes: readonly Change<number>[]): string =>
  [columns, ...changes.map(({ sku, value }) => [sku, String(value), '', 'update'])]
    .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';'))
    .join('\n')

const Status = z.object({
  status: z.string(),
  has_error_report: z.boolean(),
})

/** What STO02 says while nothing has come of a file. */
const underWay: ReadonlySet<string> = new Set(['WAITING', 'RUNNING', 'QUEUED', 'TRANSFORMATION'])

async function readFeed(
  account: Account,
  feed: string,
): Promise<Result<FeedResult | undefined, Failure>> {
  const path = `/offers/stock/imports/${encodeURIComponent(feed)}`
  const answer = await ask(account, { path: `${path}/status`, answer: Status })
  if (!answer.ok) return answer
  const { status, has_error_report: hasReport } = answer.value
  if (underWay.has(status)) return ok(undefined)
  if (!hasReport) return ok({ refused: [], ...(status !== 'COMPLETE' && { isLost: true }) })
  const asCsv = { accept: 'text/csv' }
  const report = await exchange(account, { path: `${path}/error_report`, headers: asCsv })
  if (!report.ok) return report
  if (report.value.status !== 200) {
    const said = interpret(report.value, 'read')
    return said.ok ? err(retry('mirakl gave no error report')) : said
  }
  const refused = refusedIn(report.value.body)
  return ok({ refused, ...(status !== 'COMPLETE' && refused.length === 0 && { isLost: true }) })
}

/** The line and the reason stand first in a row, the row as it was sent after them. */
function refusedIn(report: string): FeedResult['refused'] {
  const [first = '', ...lines] = report.replace(/^\uFEFF/, '').split(/\r\n|\n/)
  const heading = cellsOf(first, ';')
  const named = heading.ok ? heading.value.indexOf('offer-sku') : -1
  const place = named < 0 ? 2 : named
  return lines.flatMap((line) => {
    const cells = cellsOf(line, ';')
    const sku = cells.ok ? cells.value[place] : undefined
    if (!cells.ok || !sku) return []
    return [{ sku, reason: `mirakl refuses it: ${(cells.value[1] ?? 'no reason').slice(0, 200)}` }]
  })
}

const Offers = z.object({
  offers: z.array(
    z.object({
      ...texts('shop_sku', 'price', 'currency_iso_code'),
      offer_id: z.string(),
      quantity: Count.nullish(),
      fulfillment: z.object({ center: z.object({ code: z.string() }).nullish() }).nullish(),
    }),
  ),
  total_count: Count,
})

/** OF21, page by page. Offers that come and go meanwhile may be missed; the next comparison finds them. */
async function read(account: Account, cursor?: string): ReturnType<ListingsCapability['read']> {
  const offset = Number(cursor ?? '0')
  const answer = await list(account, { offset: String(offset) })
  if (!answer.ok) return answer
  const { offers, total_count: total } = answer.value
  const next = offset + offers.length
  return ok({
    listings: offers.flatMap(shownIn),
    ...(offers.length > 0 && next < total && { cursor: String(next) }),
  })
}

const list = (account: Account, query: Readonly<Record<string, string>>) =>
  ask(account, { path: '/offers', query: { max: String(page), ...query }, answer: Offers })

/** OF21 takes one SKU. */
async function find(
  account: Account,
  skus: readonly string[],
): Promise<Result<readonly Shown[], Failure>> {
  const found: Shown[] = []
  for (const sku of skus) {
    const answer = await list(account, { sku })
    if (!answer.ok) return answer
    found.push(...answer.value.offers.flatMap(shownIn).filter((offer) => offer.sku === sku))
  }
  return ok(found)
}

function shownIn(offer: z.infer<typeof Offers>['offers'][number]): readonly Shown[] {
  const { shop_sku: sku, offer_id: id, quantity, price, currency_iso_code: currency } = offer
  const center = offer.fulfillment?.center?.code ?? ownCenter
  // Elsewhere its stock is the operator's.
  if (!sku || center !== ownCenter) return []
  const minor = price && currency ? minorUnits(price, currency) : undefined
  return [
    {
      sku,
      remote: { offer: id },
      values: { quantity: quantity ?? 0 },
      ...(minor?.ok && currency && { price: { minor: minor.value, currency } }),
    },
  ]
}
