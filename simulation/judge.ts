import { connectors } from '../connectors/index.ts'
import { minorUnits } from '../domain/money/minor-units.ts'
import { difference, digestOf } from '../domain/order/digest.ts'
import { toDeliver, toShip } from '../domain/order/lines.ts'
import { statusOf } from '../domain/order/state.ts'
import type { ExceptionCode } from '../schemas/events/exception.ts'
import type { OrderState } from '../schemas/stored/order-state.ts'
import { piecesOf } from './articles.ts'
import type { Outage } from './away.ts'
import { judgeStock } from './judge-stock.ts'
import { channelOrderIdOf, type Plan } from './people.ts'
import type { Run } from './run.ts'
import type { Vendor } from './vendors.ts'
import type { Breach } from './witness.ts'

/** Everything about one order when all is calm again. */
interface Case {
  readonly id: string
  readonly plan: Plan
  readonly head: OrderState | undefined
  readonly sold: Sold | undefined
  readonly erp: System | undefined
  readonly wms: System | undefined
}

/** A system with the documents that it holds while all is calm. */
interface System extends Pick<Vendor, 'connection'> {
  readonly holds: ReturnType<Vendor['twin']['state']>
}

/** Judges every promise for every order from what its systems hold; each kind of thing that has promises of its own adds its judge here. */
export const judges: readonly ((run: Run) => readonly Breach[])[] = [
  judgeOrders,
  judgeStrangers,
  judgeLoads,
  judgeOutages,
  judgeStock,
]

function judgeOrders(run: Run): readonly Breach[] {
  const systems = run.vendors.map(
    ({ connection, twin }): System => ({ connection, holds: twin.state() }),
  )
  return run.plans.flatMap((plan) => {
    const about = caseOf(plan, run.witness, systems)
    return laws.flatMap(([promise, see]) =>
      [...see(about)].map((what): Breach => ({ promise, what, order: about.id })),
    )
  })
}

/** What the ledger took for an order and nobody ever placed, such as a message whose order was not known yet, leaves nothing behind. */
function judgeStrangers({ plans, witness }: Run): readonly Breach[] {
  const placed = new Set(plans.map(({ order }) => order))
  return [...witness.heads.values()]
    .filter((head) => !placed.has(head.id))
    .flatMap((head) =>
      Object.values(head.exceptions).map(({ code, reason }) => ({
        promise: 'no needless exception',
        what: `${code} stands on what is no order: ${reason}`,
        order: head.id,
      })),
    )
}

/** No system of the back office was ever asked more at one time than it bears; shops are asked for orders by whoever needs one. */
function judgeLoads({ vendors }: Run): readonly Breach[] {
  return vendors
    .filter(({ connection }) => !connection.capabilities.includes('orders'))
    .filter(({ connection, load }) => load.most > connection.maxConcurrency + readers)
    .map(({ connection, load }) => ({
      promise: 'isolation',
      what: `${connection.id} bears ${connection.maxConcurrency} at one time and had ${load.most}`,
    }))
}

/** A system that is away is asked by a probe now and then, not by everything that waits for it. */
function judgeOutages({ vendors }: Run): readonly Breach[] {
  return vendors.flatMap(({ connection, outages, load }) => {
    const seconds = sum(outages.map(({ from, to }) => (to - from) / 1000))
    // One that says when to come again is asked again then, a second later.
    const most = 40 + sum(outages.map(({ from, to, how }) => (to - from) / everyMs[how]))
    if (load.inVain <= most) return []
    const asked = `${connection.id} was away for ${Math.round(seconds)} s`
    return [{ promise: 'isolation', what: `${asked} and asked ${load.inVain} times` }]
  })
}

/** How often a system that is away may be asked. */
const everyMs: Readonly<Record<Outage['how'], number>> = {
  throttled: 1000,
  unavailable: 3000,
  'request lost': 3000,
}

/** Beside its lane, a connection is asked by its poll. */
const readers = 1

type Law = (about: Case) => Iterable<string>

const laws: readonly (readonly [promise: string, law: Law])[] = [
  ['nothing in limbo', inLimbo],
  ['no needless exception', troubled],
  ['at most one effect', atErp],
  ['at most one effect', atWarehouse],
  ['at most one effect', atShop],
  ['at most one effect', commands],
  ['convergence', documents],
  ['convergence', quantities],
  ['convergence', parcels],
  ['convergence', destinations],
  ['money conserved', money],
]

/** What people may find on their desk although all is calm, because only they can end it. */
const lasting: ReadonlySet<ExceptionCode> = new Set<ExceptionCode>([
  'already-fulfilled',
  'amended-after-release',
  // Whether there really is nothing is judged by article.
  'backordered',
  'cancel-at-channel',
  'cancelled-after-release',
  'effect-refused',
  'money-kept',
  'over-shipped',
  'refunded-without-return',
  'shipped-before-change',
])

/** Somebody is troubled with what should end by itself. */
export const waitsForNobody = (head: OrderState): boolean =>
  standing({ head }).every(({ code }, _, all) => isLasting(code, all))

/** What is late because somebody has to act is late as long as nobody does. */
const isLasting = (
  code: ExceptionCode,
  all: readonly { readonly code: ExceptionCode }[],
): boolean =>
  lasting.has(code) || (code === 'overdue' && all.some((other) => lasting.has(other.code)))

const standing = ({ head }: Pick<Case, 'head'>) => Object.values(head?.exceptions ?? {})

function* inLimbo(about: Case): Iterable<string> {
  const { head, sold } = about
  if (!sold) return
  if (!head?.seen) return yield 'it is at the shop and nowhere else'
  for (const { code, owner, reason, deadline } of standing(about)) {
    if (!owner || !reason || !deadline) yield `${code} has no owner, reason or deadline`
  }
  const status = statusOf(head)
  const isEnded = status === 'complete' || status === 'cancelled'
  if (!isEnded && standing(about).length === 0) yield `it stands as ${status} and nobody is told`
  for (const [id, { state, effect }] of Object.entries(head.intents)) {
    const isOver = state === 'done' || state === 'withdrawn'
    if (!isOver && standing(about).length === 0) yield `${id} (${effect}) stands as ${state}`
  }
}

function* troubled(about: Case): Iterable<string> {
  const all = standing(about)
  for (const { code, subject, reason } of all) {
    if (!isLasting(code, all)) yield `${code}:${subject} stands: ${reason}`
  }
}

function* atErp({ id, erp, head }: Case): Iterable<string> {
  const own = ordersAt(erp, id)
  if (own.length > 1) yield `${own.length} orders at ${erp?.connection.id}`
  const isClosed = head?.intents['cancel-order']?.state === 'done'
  const posted = head?.intents['create-order']?.state === 'done' && !isClosed
  if (posted && own.length === 0) yield `${erp?.connection.id} has no order, the ledger says it has`
  if (erp?.connection.connector !== 'netsuite') return
  for (const parcel of Object.values(head?.shipments ?? {})) {
    const booked = bookedAt(erp, id, parcel.id)
    if (booked !== 1 && parcel.lines.length > 0 && standing({ head }).length === 0) {
      yield `parcel ${parcel.id} was booked ${booked} times at ${erp.connection.id}`
    }
  }
}

function* atWarehouse({ id, wms, head }: Case): Iterable<string> {
  const own = releasesAt(wms, id)
  const atWork = own.filter(({ status }) => status !== 'Cancelled')
  for (const { reference_id } of own) {
    const same = own.filter((other) => other.reference_id === reference_id)
    if (same.length > 1) yield `${same.length} requests ${reference_id} at ${wms?.connection.id}`
  }
  const ordered = sum((head?.lines ?? []).map((line) => line.ordered * piecesIn(line)))
  const sent = sum(atWork.flatMap(({ shipments }) => shipments.filter(hasLeft).map(unitsIn)))
  if (sent > ordered) yield `${sent} units left, ${ordered} were ordered`
}

function* atShop({ sold, plan }: Case): Iterable<string> {
  if (!sold) return
  const numbers = sold.fulfillments.flatMap(({ tracking_number: number }) => number ?? [])
  for (const number of new Set(numbers)) {
    const times = numbers.filter((one) => one === number).length
    if (times > 1) yield `the shop was told ${times} times of parcel ${number}`
  }
  const asked = takenBackHere(plan)
  for (const [note, same] of Map.groupBy(ownRefunds(sold), (refund) => refund.note)) {
    // An attempt may get through without an answer; the next one takes back what was asked for since, under the same note.
    if (same.length > 1 && unitsBack(same) > asked) yield `taken back ${same.length} times: ${note}`
  }
}

const ownRefunds = ({ refunds }: Sold) =>
  refunds.filter(({ note }) => note?.startsWith('Crossdock'))

const unitsBack = (refunds: Sold['refunds']): number =>
  sum(refunds.flatMap(({ refund_line_items: of }) => of.map(({ quantity }) => quantity)))

/** Units that people took back by the Capability API, one at a time. */
const takenBackHere = ({ deeds }: Plan): number =>
  deeds.filter(({ what }) => what === 'take back here').length

/** Who presses a button again because nothing answered has pressed it once. */
function* commands({ plan, head, sold }: Case): Iterable<string> {
  const all = plan.deeds.some(({ what }) => what === 'cancel here')
  const asked = takenBackHere(plan)
  const whole = head?.cancelRequestedAt !== undefined || head?.cancelledAt !== undefined
  const back = sold ? unitsBack(ownRefunds(sold)) : 0
  if (!all && !whole && back > asked) yield `${back} units taken back, ${asked} asked for`
}

/** What the ledger knows is what the shop has, read as its connector reads it. */
function* documents({ id, head, plan: { shop, index } }: Case): Iterable<string> {
  const { connection, documents } = shop
  const body: unknown = Object(documents.get('orders', channelOrderIdOf({ index }))).body
  const connector = connectors.find((one) => one.id === connection.connector)
  if (!head?.seen || typeof body !== 'string') return
  const readings = connector?.read?.({
    connection: connection.id,
    via: 'webhook',
    headers: {},
    body,
    receivedAt: head.seen.version,
  })
  for (const reading of readings?.ok ? readings.value : []) {
    if (reading.type !== 'snapshot') continue
    if (difference(digestOf(reading.order), head.seen.digest) === 'some') {
      yield `the shop has another ${id} than the ledger knows`
    }
  }
}

/** The channel, the ledger and the ERP speak of the same units. */
function* quantities(about: Case): Iterable<string> {
  const { sold, head } = about
  if (!sold || !head?.seen || standing(about).length > 0) return
  for (const line of head.lines) {
    const current = sold.line_items.find((one) => String(one.id) === line.id)?.current_quantity
    if (current === undefined) continue
    const kept = toDeliver(line) - line.refunded
    if (current !== kept) yield `line ${line.id}: ${current} at the shop, ${kept} in the ledger`
    if (toShip(line) > 0) yield `line ${line.id}: ${toShip(line)} units never left`
  }
}

/** A parcel went where the shop says, or customer service knows. */
function* destinations(about: Case): Iterable<string> {
  const { id, wms, sold } = about
  const there = sold?.shipping_address?.address1
  if (!sold || sold.cancelled_at !== null || !there) return
  if (standing(about).some(({ code }) => code === 'shipped-before-change')) return
  for (const parcel of releasesAt(wms, id).flatMap(({ shipments }) => shipments.filter(hasLeft))) {
    const { address1 } = parcel.recipient.address
    if (address1 !== there) yield `parcel ${parcel.id} went to ${address1}, the shop says ${there}`
  }
}

/** A parcel that left is known to everybody. */
function* parcels(about: Case): Iterable<string> {
  const { id, head, wms, sold } = about
  if (!head || !sold) return
  const left = releasesAt(wms, id).flatMap(({ shipments }) => shipments.filter(hasLeft))
  for (const parcel of left) {
    if (!head.shipments[String(parcel.id)])
      yield `parcel ${parcel.id} left and the ledger does not know`
    const number = parcel.tracking.tracking_number
    // A parcel with one part of a bundle completes nothing that the shop sold.
    const isPart = head.shipments[String(parcel.id)]?.lines.length === 0
    const isTold = isPart || sold.fulfillments.some((one) => one.tracking_number === number)
    const isOver = standing(about).length > 0 || sold.cancelled_at !== null
    if (!isTold && !isOver) yield `parcel ${parcel.id} left and the shop does not know`
  }
  const known = sum(head.lines.map((line) => line.shipped * piecesIn(line)))
  const sent = sum(left.map(unitsIn))
  if (known !== sent && standing(about).length === 0)
    yield `${sent} units left, the ledger says ${known}`
}

function* money(about: Case): Iterable<string> {
  const { id, sold, erp, head } = about
  const [order] = ordersAt(erp, id)
  const total = order && totalOf(order)
  if (!sold || total === undefined || !head || head.cancelledAt || standing(about).length > 0)
    return
  if (head.lines.some(({ refunded }) => refunded > 0)) return
  const due = minorUnits(sold.current_total_price ?? sold.total_price, sold.currency)
  const at = minorUnits(total.toFixed(2), sold.currency)
  if (due.ok && at.ok && due.value !== at.value) {
    yield `${at.value} cents at ${erp?.connection.id}, ${due.value} at the shop`
  }
}

interface Sold {
  readonly cancelled_at: string | null
  readonly shipping_address?: { readonly address1: string | null } | null
  readonly currency: string
  readonly total_price: string
  readonly current_total_price?: string
  readonly line_items: readonly { readonly id: number; readonly current_quantity: number }[]
  readonly fulfillments: readonly { readonly tracking_number: string | null }[]
  readonly refunds: readonly {
    readonly note: string | null
    readonly refund_line_items: readonly { readonly quantity: number }[]
  }[]
}

interface Release {
  readonly reference_id: string
  readonly status: string
  readonly shipments: readonly Parcel[]
}

interface Parcel {
  readonly id: number
  readonly status: string
  readonly tracking: { readonly tracking_number: string | null }
  readonly recipient: { readonly address: { readonly address1: string } }
  readonly products: readonly {
    readonly inventory_items: readonly { readonly quantity: number }[]
  }[]
}

/** Units that a warehouse sends for one of a line. */
const piecesIn = ({ sku = '' }: OrderState['lines'][number]): number =>
  sum(piecesOf(sku).map(({ per }) => per))

const hasLeft = ({ status }: Parcel): boolean => status === 'Completed'

const unitsIn = ({ products }: Parcel): number =>
  sum(products.flatMap(({ inventory_items: items }) => items.map(({ quantity }) => quantity)))

function caseOf(plan: Plan, witness: Run['witness'], systems: readonly System[]): Case {
  const id = plan.order
  const head = witness.heads.get(id)
  const stored = plan.shop.documents.get('orders', channelOrderIdOf(plan))
  const at = (connection: string | undefined) =>
    systems.find((one) => one.connection.id === connection)
  return {
    id,
    plan,
    head,
    // Written by the twin, in the words of the vendor's webhooks.
    sold: stored === undefined ? undefined : (JSON.parse(Object(stored).body) as Sold),
    erp: at(head?.route?.erp),
    wms: at(head?.route?.wms),
  }
}

/** The documents of one order at a warehouse, in the vendor's words. */
const releasesAt = (wms: System | undefined, id: string): readonly Release[] =>
  ((wms?.holds['orders'] ?? []) as readonly Release[]).filter(
    ({ reference_id }) => reference_id.replace(/\.r\d+$/, '') === id,
  )

/** An order at an ERP, in the words of one of the two. */
interface ErpOrder {
  readonly number?: string
  /** On what was shipped or invoiced, of an order that may be gone by then. */
  readonly orderNumber?: string
  readonly externalId?: string
  readonly externalDocumentNumber?: string
  readonly total?: number
  readonly totalAmountIncludingTax?: number
}

const totalOf = ({ total, totalAmountIncludingTax }: ErpOrder): number | undefined =>
  total ?? totalAmountIncludingTax

/** The documents of one order at an ERP, whichever it is. */
function ordersAt(erp: System | undefined, id: string): readonly ErpOrder[] {
  const holds = erp?.holds ?? {}
  const all = ['salesOrders', 'salesShipments', 'salesInvoices'].flatMap(
    (kind) => (holds[kind] ?? []) as readonly ErpOrder[],
  )
  const own = all.filter(
    ({ externalId, externalDocumentNumber }) =>
      externalId === id || externalDocumentNumber?.toLowerCase() === id,
  )
  const numberOf = ({ orderNumber, number, externalId }: ErpOrder, at: number) =>
    externalId ? String(at) : (orderNumber ?? number ?? '')
  return [...new Map(own.toReversed().map((order, at) => [numberOf(order, at), order])).values()]
}

/** Documents of one parcel at an ERP. */
function bookedAt(erp: System | undefined, id: string, parcel: string): number {
  const documents = (erp?.holds['itemFulfillments'] ?? []) as readonly ErpOrder[]
  return documents.filter(({ externalId }) => externalId === `${id}_${parcel}`).length
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0)
