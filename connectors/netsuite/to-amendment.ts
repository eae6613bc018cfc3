import type { Subject } from '../../domain/effects/effect.ts'
import { memoOf } from './memo.ts'
import { type Part, sum } from './order-parts.ts'
import type { NetsuiteSettings } from './settings.ts'
import { amountOf, type Fields, itemOf, toAddress, toLine } from './to-sales-order.ts'
import type { SalesOrderBody, SalesOrderLine } from './wire.ts'

/** What it takes for a sales order to be what is asked. */
export interface Amendment {
  readonly body: Fields
  /** It is all so already. */
  readonly idle: boolean
  /** What NetSuite keeps whatever is asked, in words: it has happened there, or people did it. */
  readonly beyond: readonly string[]
}

interface Asked {
  readonly subject: Subject
  readonly parts: readonly Part[]
  readonly settings: NetsuiteSettings
  /** Its lines were closed by us, and have to be opened. */
  readonly reopen: boolean
}

/**
 * The body for `PATCH …?replace=item`: lines that stand are named by their `line` and change, new ones are added, and
 * those it does not mention go. Without marks of ours are the lines that people added: they stay as they are.
 */
export function toAmendment(order: SalesOrderBody, asked: Asked): Amendment {
  const { subject, parts, settings } = asked
  const rest = [...order.item.items]
  const wanted = parts.map((part) => {
    const at = rest.findIndex((line) => line[settings.lineField] === part.key)
    return lineFor(part, at < 0 ? undefined : rest.splice(at, 1)[0], asked)
  })
  const kept = rest.flatMap((line) => keptOf(line, settings) ?? [])
  const head = headOf(subject, parts)
  const lines = [...wanted, ...kept]
  return {
    body: { ...head, item: { items: lines.map(({ body }) => body) } },
    idle:
      isPart(head, order) &&
      lines.length === order.item.items.length &&
      lines.every(({ body, standing }) => standing && isPart(body, standing)),
    beyond: lines.flatMap(({ beyond }) => beyond ?? []),
  }
}

interface Wanted {
  readonly body: Fields
  readonly standing?: SalesOrderLine | undefined
  readonly beyond?: string | undefined
}

function lineFor(part: Part, standing: SalesOrderLine | undefined, asked: Asked): Wanted {
  const { subject, settings, reopen } = asked
  const { currency } = subject.order
  const item = itemOf(part, subject, settings)
  const fields = toLine(part, currency, settings)
  if (!standing) return { body: { item, ...fields } }

  const gone = goneOf(standing)
  const quantity = Math.max(part.quantity, gone)
  return {
    standing,
    body: {
      line: standing.line,
      // Of what has left the item is settled, and naming it anew would bring back the defaults of its record.
      ...(gone === 0 && !isCalled(standing, item) && { item }),
      ...fields,
      quantity,
      ...(quantity > part.quantity && { amount: amountOf(part.unit * quantity, currency) }),
      ...(reopen && { isClosed: false }),
    },
    beyond:
      overdone(part.key, gone, part.quantity) ??
      (standing.isClosed && !reopen && part.quantity > gone
        ? `line ${part.key} is closed in NetSuite, and ${part.quantity} of it were asked for`
        : undefined),
  }
}

/** A line that is not asked for: gone, unless units of it are, or people added it. */
function keptOf(standing: SalesOrderLine, { lineField }: NetsuiteSettings): Wanted | undefined {
  const { line } = standing
  const key = standing[lineField]
  const gone = goneOf(standing)
  if (typeof key !== 'string' || key === '') return { standing, body: { line } }
  if (gone === 0) return undefined
  return { standing, body: { line, quantity: gone }, beyond: overdone(key, gone, 0) }
}

/** Units that were fulfilled or billed: fewer of them NetSuite does not take. */
const goneOf = ({ quantityFulfilled = 0, quantityBilled = 0 }: SalesOrderLine): number =>
  Math.max(quantityFulfilled, quantityBilled)

const overdone = (key: string, gone: number, asked: number): string | undefined =>
  gone > asked
    ? `${gone} of line ${key} are fulfilled or billed in NetSuite, and ${asked} were asked for`
    : undefined

/** An external id is not shown; the name of the item is, behind those of its parents, and often it is the same. */
const isCalled = (
  { item }: SalesOrderLine,
  wanted: { readonly id?: string; readonly externalId?: string },
): boolean =>
  wanted.id !== undefined
    ? item?.id === wanted.id
    : item?.refName?.split(' : ').at(-1) === wanted.externalId

/** What is no line. A subrecord keeps the fields that are not named, so that what an address lacks is named as nothing. */
function headOf({ order }: Subject, parts: readonly Part[]): Fields {
  const { shipTo } = order.people
  return {
    memo: memoOf(order, sum(parts)),
    ...(shipTo && { shippingAddress: { ...noAddress, ...toAddress(shipTo) } }),
  }
}

const noAddress = { attention: null, addr2: null, state: null, zip: null, addrPhone: null }

/** Whether all that is wanted stands, whatever else does. */
function isPart(wanted: unknown, standing: unknown): boolean {
  if (!isFields(wanted)) return (wanted ?? '') === (standing ?? '')
  return (
    isFields(standing) &&
    Object.entries(wanted).every(([field, value]) => isPart(value, standing[field]))
  )
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
