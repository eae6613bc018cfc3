import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { numberOf, type OrderParts, orderParts, type Part } from '../kit/order-parts.ts'
import { readBack } from '../kit/read-back.ts'
import { writeRecord } from './api.ts'
import { closing } from './cancel-order.ts'
import {
  type Asked,
  askedIn,
  memoOf,
  noSuchOrder,
  readSalesOrder,
  readSummary,
  standingAs,
} from './sales-orders.ts'
import { type NetsuiteSettings, settingsOf } from './settings.ts'
import { type Fields, itemOf, linesOf, toAddress, toLine } from './to-sales-order.ts'
import { type SalesOrderBody, type SalesOrderLine, toReference } from './wire.ts'

/** Brings the sales order to what is asked now. Lines are replaced, so that doing it twice leaves what doing it once did. */
export const amendOrder: Effect = {
  safety: { by: 'key' },
  find: 'in-doubt',
  look: async (account, subject) => {
    const plan = await planFor(account, subject)
    if (!plan.ok || !plan.value) return plan.ok ? ok(undefined) : plan
    return ok(plan.value.body ? undefined : standing(plan.value))
  },
  make: async (account, subject) => {
    const plan = await planFor(account, subject)
    if (!plan.ok) return plan
    if (!plan.value) return err(noSuchOrder(subject))
    const { order, body, frozen, asked } = plan.value
    if (!body) return ok(standing(plan.value))
    if (frozen) {
      const reason = `sales order ${order.tranId ?? order.id} is ${frozen} in NetSuite, so that it cannot be changed`
      return err(except('effect-refused', reason))
    }
    const patched = await writeRecord(account, 'PATCH', {
      path: `salesOrder/${order.id}?replace=item`,
      body,
    })
    if (!patched.ok) return patched
    if (!asked) return ok(toReference(order))
    const found = await readSummary(account, order.id)
    return readBack(found.ok && found.value ? ok(standingAs(found.value, asked)) : found)
  },
}

interface Plan {
  readonly order: SalesOrderBody
  /** Absent: it is all so already. */
  readonly body?: Fields | undefined
  /** Why nothing can be changed any more. */
  readonly frozen: string | undefined
  /** Absent when nothing is to stand: a closed order keeps its total. */
  readonly asked?: Asked
}

async function planFor(
  account: Account,
  subject: Subject,
): Promise<Result<Plan | undefined, Failure>> {
  const parts = orderParts(subject, 'whole')
  if (!parts.ok) return parts
  const found = await readSalesOrder(account, subject)
  if (!found.ok || !found.value) return found.ok ? ok(undefined) : found

  const order = found.value
  const reopen = order.orderStatus?.id === 'H' && askedIn(order.memo) === 0
  const frozen = reopen ? undefined : frozenAs[order.orderStatus?.id ?? '']
  const wish = { subject, parts: parts.value, settings: settingsOf(account), reopen }
  const { body, idle, beyond } = toAmendment(order, wish)
  if (linesOf(parts.value).length === 0 && beyond.length === 0) {
    return ok({ order, body: closing(order, subject.order), frozen })
  }
  const { currency } = subject.order
  const asked = numberOf(parts.value.total, currency)
  return ok({ order, frozen, asked: { currency, asked, beyond }, ...(!idle && { body }) })
}

const standing = ({ order, asked }: Plan): Reference =>
  asked ? standingAs(order, asked) : toReference(order)

/** An order that we closed, when nothing of it was to stand, says so in its memo and can be opened again. */
const frozenAs: Readonly<Record<string, string>> = {
  C: 'cancelled',
  G: 'billed in full',
  H: 'closed',
}

/** What it takes for a sales order to be what is asked. */
interface Amendment {
  readonly body: Fields
  /** It is all so already. */
  readonly idle: boolean
  /** What NetSuite keeps whatever is asked, in words: it has happened there, or people did it. */
  readonly beyond: readonly string[]
}

interface Wish {
  readonly subject: Subject
  readonly parts: OrderParts
  readonly settings: NetsuiteSettings
  /** Its lines were closed by us, and have to be opened. */
  readonly reopen: boolean
}

/**
 * The body for `PATCH …?replace=item`: lines that stand are named by their `line` and change, new ones are added, and
 * those it does not mention go. Without marks of ours are the lines that people added: they stay as they are.
 */
function toAmendment(order: SalesOrderBody, wish: Wish): Amendment {
  const { subject, parts, settings } = wish
  const rest = [...order.item.items]
  const wanted = linesOf(parts).map((part) => {
    const at = rest.findIndex((line) => line[settings.lineField] === part.key)
    return lineFor(part, at < 0 ? undefined : rest.splice(at, 1)[0], wish)
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

function lineFor(part: Part, standing: SalesOrderLine | undefined, wish: Wish): Wanted {
  const { subject, settings, reopen } = wish
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
      ...(quantity > part.quantity && { amount: numberOf(part.unit * quantity, currency) }),
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
function headOf({ order }: Subject, parts: OrderParts): Fields {
  const { shipTo } = order.people
  return {
    memo: memoOf(order, parts.total),
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
