import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { named } from '../../domain/names.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { everyItem } from '../kit/paging.ts'
import { ask, askOrder, everyNode, idOfGid, make, pageOf } from './client.ts'
import { ShopifySettings } from './settings.ts'

/**
 * Tells the shop, and through it the customer, that a parcel left. The parcel is known again by its tracking number,
 * or by the warehouse's shipment id where it has none, and by its lines; so even a half-made one is only completed.
 */
export const confirmShipment: Effect = {
  safety: { by: 'lookup', lagSeconds: 5 },
  find: 'in-doubt',
  look: async (account, subject) => {
    const parcel = await findParcel(account, subject)
    if (!parcel.ok) return parcel
    const { ours, rest } = parcel.value
    return ok(rest.size === 0 ? ours.map(toReference)[0] : undefined)
  },
  make: async (account, subject) => {
    const found = await findParcel(account, subject)
    if (!found.ok) return found
    const { shipment, delivered, ours, rest } = found.value
    const [made] = ours

    const plan = spread(rest, delivered.fulfilmentOrders)
    if (plan.held.length > 0) {
      return refuse(`fulfilment order ${plan.held.join(', ')} is on hold or scheduled`)
    }
    const elsewhere = await madeElsewhere(account, { delivered, ours, missing: plan.missing })
    if (!elsewhere.ok) return elsewhere

    let reference = made ? toReference(made) : undefined
    for (const parcel of plan.parcels) {
      const notify = reference === undefined
      const created = await create(account, { shipment, parcel, notify })
      if (!created.ok) return created
      reference ??= created.value
    }
    const [other] = elsewhere.value
    if (reference) return ok(reference)
    return other ? ok(toReference(other)) : refuse(nothingOpen(plan.missing))
  },
}

const refuse = (reason: string): Result<never, Failure> => err(except('effect-refused', reason))

/** Units by line id. */
type Units = ReadonlyMap<string, number>

interface Found {
  readonly shipment: Shipment
  readonly delivered: Delivered
  /** Fulfilments that are this parcel, or a part of it. */
  readonly ours: readonly Fulfilment[]
  /** Units of the parcel that they do not have. */
  readonly rest: Units
}

async function findParcel(account: Account, subject: Subject): Promise<Result<Found, Failure>> {
  const { shipment, order } = subject
  if (!shipment || shipment.lines.length === 0) {
    return refuse('there is no shipment with lines to confirm')
  }
  const delivered = await readDelivered(account, order.channelOrderId)
  if (!delivered.ok) return delivered

  const number = numberOf(shipment)
  const isOurs = ({ trackingInfo }: Fulfilment) => trackingInfo.some((one) => one.number === number)
  const ours = delivered.value.fulfilments.filter(isOurs)
  const done = await fulfilledBy(account, ours)
  if (!done.ok) return done
  const wanted = unitsOf(shipment.lines)
  // Shopify links to the tracking pages of carriers that it knows by their names.
  const carrier = shipment.carrier && named(subject, 'carrier', shipment.carrier)
  return ok({
    shipment: { ...shipment, ...(carrier && { carrier }) },
    delivered: delivered.value,
    ours,
    rest: minus(wanted, done.value),
  })
}

interface Missing {
  readonly delivered: Delivered
  readonly ours: readonly Fulfilment[]
  readonly missing: Units
}

/** The fulfilments that already have what no fulfilment order has any more; someone fulfilled by hand. */
async function madeElsewhere(
  account: Account,
  { delivered, ours, missing }: Missing,
): Promise<Result<readonly Fulfilment[], Failure>> {
  if (missing.size === 0) return ok([])
  const others = delivered.fulfilments.filter((fulfilment) => !ours.includes(fulfilment))
  const done = await fulfilledBy(account, others)
  if (!done.ok) return done
  const unexplained = minus(missing, done.value)
  return unexplained.size === 0 ? ok(others) : refuse(nothingOpen(unexplained))
}

interface Creation {
  readonly shipment: Shipment
  readonly parcel: Parcel
  readonly notify: boolean
}

async function create(
  account: Account,
  { shipment, parcel, notify }: Creation,
): Promise<Result<Reference, Failure>> {
  const { notifyCustomer } = ShopifySettings.parse(account.settings)
  const made = await make(account, {
    operation: 'fulfil',
    answer: z.object({ id: z.string(), name: z.string() }),
    variables: {
      fulfillment: {
        lineItemsByFulfillmentOrder: parcel,
        notifyCustomer: notifyCustomer && notify,
        trackingInfo: {
          number: numberOf(shipment),
          ...(shipment.carrier && { company: shipment.carrier }),
          ...(shipment.trackingUrl && { url: shipment.trackingUrl }),
        },
      },
    },
  })
  return made.ok ? ok(toReference(made.value)) : made
}

const numberOf = ({ trackingNumber, id }: Shipment): string => trackingNumber ?? id

const toReference = ({ id, name: number }: Pick<Fulfilment, 'id' | 'name'>): Reference => ({
  id,
  number,
})

const nothingOpen = (units: Units): string =>
  `no open fulfilment order has ${[...units].map(([id, n]) => `${n} of line ${id}`).join(', ')}`

const Fulfilment = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  trackingInfo: z.array(z.object({ number: z.string().nullish() })),
})
type Fulfilment = z.infer<typeof Fulfilment>

const LineItem = z.object({ id: z.string() }).transform(({ id }) => idOfGid(id) ?? id)

const OpenLines = pageOf(
  z.object({ id: z.string(), remainingQuantity: z.int(), lineItem: LineItem }),
)

const FulfilmentOrders = pageOf(
  z.object({
    id: z.string(),
    status: z.string(),
    assignedLocation: z.object({ location: z.object({ id: z.string() }).nullish() }),
    lineItems: OpenLines,
  }),
)

/** A fulfilment order with all of its lines. */
type FulfilmentOrder = Omit<z.infer<typeof FulfilmentOrders>['items'][number], 'lineItems'> & {
  readonly lines: z.infer<typeof OpenLines>['items']
}

/** What the shop knows of an order's parcels: those that left, and what is still to be fulfilled from where. */
interface Delivered {
  /** Only those that stand. */
  readonly fulfilments: readonly Fulfilment[]
  readonly fulfilmentOrders: readonly FulfilmentOrder[]
}

const undone: ReadonlySet<string> = new Set(['CANCELLED', 'ERROR', 'FAILURE'])

async function readDelivered(
  account: Account,
  channelOrderId: string,
): Promise<Result<Delivered, Failure>> {
  const read = (after: string | null) =>
    askOrder(account, channelOrderId, {
      operation: 'deliveries',
      variables: { after },
      answer: z.object({
        fulfillments: z.array(Fulfilment),
        fulfillmentOrders: FulfilmentOrders,
      }),
    })
  const first = await read(null)
  if (!first.ok) return first
  const nodes = await everyNode(first.value.fulfillmentOrders, async (after) => {
    const page = await read(after)
    return page.ok ? ok(page.value.fulfillmentOrders) : page
  })
  if (!nodes.ok) return nodes

  const fulfilmentOrders: FulfilmentOrder[] = []
  for (const { lineItems, ...node } of nodes.value) {
    const lines = await everyNode(lineItems, async (after) => {
      const answer = await ask(account, {
        operation: 'fulfillmentOrderLines',
        variables: { id: node.id, after },
        answer: z.object({ fulfillmentOrder: z.object({ lineItems: OpenLines }) }),
      })
      return answer.ok ? ok(answer.value.fulfillmentOrder.lineItems) : answer
    })
    if (!lines.ok) return lines
    fulfilmentOrders.push({ ...node, lines: [...lines.value] })
  }
  const fulfilments = first.value.fulfillments.filter(({ status }) => !undone.has(status))
  return ok({ fulfilments, fulfilmentOrders })
}

const FulfilledLines = pageOf(z.object({ quantity: z.int().nullable(), lineItem: LineItem }))

/** What these fulfilments have together. */
async function fulfilledBy(
  account: Account,
  fulfilments: readonly Fulfilment[],
): Promise<Result<Units, Failure>> {
  const lines: { readonly id: string; readonly quantity: number }[] = []
  for (const { id } of fulfilments) {
    const nodes = await everyItem(async (after) => {
      const answer = await ask(account, {
        operation: 'fulfillmentLines',
        variables: { id, after: after ?? null },
        answer: z.object({ fulfillment: z.object({ fulfillmentLineItems: FulfilledLines }) }),
      })
      return answer.ok ? ok(answer.value.fulfillment.fulfillmentLineItems) : answer
    })
    if (!nodes.ok) return nodes
    lines.push(...nodes.value.map((node) => ({ id: node.lineItem, quantity: node.quantity ?? 0 })))
  }
  return ok(unitsOf(lines))
}

function unitsOf(lines: readonly { readonly id: string; readonly quantity: number }[]): Units {
  const units = new Map<string, number>()
  for (const { id, quantity } of lines) units.set(id, (units.get(id) ?? 0) + quantity)
  return units
}

/** What is left of `units` without `taken`; lines with nothing left are gone. */
const minus = (units: Units, taken: Units): Units =>
  new Map(
    [...units]
      .map(([id, quantity]) => [id, quantity - (taken.get(id) ?? 0)] as const)
      .filter(([, quantity]) => quantity > 0),
  )

/** The argument of one `fulfillmentCreate`: fulfilment orders of one location, which Shopify demands. */
type Parcel = readonly {
  readonly fulfillmentOrderId: string
  readonly fulfillmentOrderLineItems: readonly { readonly id: string; readonly quantity: number }[]
}[]

interface Plan {
  /** One per location. */
  readonly parcels: readonly Parcel[]
  /** Units that no open fulfilment order has. */
  readonly missing: Units
  /** Fulfilment orders that have missing units but may not be fulfilled now. */
  readonly held: readonly string[]
}

const open: ReadonlySet<string> = new Set(['OPEN', 'IN_PROGRESS'])
const waiting: ReadonlySet<string> = new Set(['ON_HOLD', 'SCHEDULED'])

/** Spreads units over the open fulfilment orders that still have them, in Shopify's order. */
function spread(units: Units, fulfilmentOrders: readonly FulfilmentOrder[]): Plan {
  const missing = new Map(units)
  const parcels = new Map<string, Parcel>()
  for (const { id, status, assignedLocation, lines } of fulfilmentOrders) {
    if (!open.has(status)) continue
    const taken = lines.flatMap(({ id: line, lineItem, remainingQuantity }) => {
      const left = missing.get(lineItem) ?? 0
      const quantity = Math.min(remainingQuantity, left)
      if (quantity <= 0) return []
      missing.set(lineItem, left - quantity)
      return [{ id: line, quantity }]
    })
    if (taken.length === 0) continue
    const location = assignedLocation.location?.id ?? ''
    const part = { fulfillmentOrderId: id, fulfillmentOrderLineItems: taken }
    parcels.set(location, [...(parcels.get(location) ?? []), part])
  }

  const left = minus(missing, new Map())
  const held = fulfilmentOrders.filter(
    ({ status, lines }) =>
      waiting.has(status) &&
      lines.some((line) => line.remainingQuantity > 0 && left.has(line.lineItem)),
  )
  return { parcels: [...parcels.values()], missing: left, held: held.map(({ id }) => id) }
}
