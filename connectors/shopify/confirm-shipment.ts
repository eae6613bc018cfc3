import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { named } from '../../domain/names.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { ask } from './client.ts'
import {
  add,
  type Delivered,
  type Fulfilment,
  fulfilledBy,
  minus,
  readDelivered,
  type Units,
} from './deliveries.ts'
import { refusal, UserError } from './interpret.ts'
import { ShopifySettings } from './settings.ts'
import { type Parcel, spread } from './spread.ts'

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
    if (rest.size === 0 && made) return ok(toReference(made))

    const plan = spread(rest, delivered.fulfilmentOrders)
    if (plan.held.length > 0) {
      return err(
        except(
          'effect-refused',
          `fulfilment order ${plan.held.join(', ')} is on hold or scheduled`,
        ),
      )
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
    return other ? ok(toReference(other)) : err(except('effect-refused', nothingOpen(plan.missing)))
  },
}

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
    return err(except('effect-refused', 'there is no shipment with lines to confirm'))
  }
  const delivered = await readDelivered(account, order.channelOrderId)
  if (!delivered.ok) return delivered

  const number = numberOf(shipment)
  const ours = delivered.value.fulfilments.filter(({ numbers }) => numbers.includes(number))
  const done = await fulfilledBy(account, ours)
  if (!done.ok) return done
  const wanted = shipment.lines.reduce<Units>(
    (units, { id, quantity }) => add(units, id, quantity),
    new Map(),
  )
  return ok({
    shipment: worded(shipment, subject),
    delivered: delivered.value,
    ours,
    rest: minus(wanted, done.value),
  })
}

/** Shopify links to the tracking pages of carriers that it knows by their names. */
const worded = (shipment: Shipment, subject: Subject): Shipment => ({
  ...shipment,
  ...(shipment.carrier && { carrier: named(subject, 'carrier', shipment.carrier) }),
})

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
  return unexplained.size === 0
    ? ok(others)
    : err(except('effect-refused', nothingOpen(unexplained)))
}

interface Creation {
  readonly shipment: Shipment
  readonly parcel: Parcel
  readonly notify: boolean
}

const Created = z.object({
  fulfillmentCreate: z.object({
    fulfillment: z.object({ id: z.string(), name: z.string() }).nullish(),
    userErrors: z.array(UserError),
  }),
})

async function create(
  account: Account,
  { shipment, parcel, notify }: Creation,
): Promise<Result<Reference, Failure>> {
  const { notifyCustomer } = ShopifySettings.parse(account.settings)
  const answer = await ask(account, {
    kind: 'write',
    operation: 'fulfil',
    answer: Created,
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
  if (!answer.ok) return answer
  const { fulfillment, userErrors } = answer.value.fulfillmentCreate
  const refused = refusal(userErrors)
  if (refused) return err(refused)
  return fulfillment
    ? ok(toReference(fulfillment))
    : err(except('effect-refused', 'shopify made no fulfilment and gave no reason'))
}

const numberOf = ({ trackingNumber, id }: Shipment): string => trackingNumber ?? id

const toReference = ({ id, name }: Pick<Fulfilment, 'id' | 'name'>): Reference => ({
  id,
  number: name,
})

const nothingOpen = (units: Units): string =>
  `no open fulfilment order has ${[...units].map(([id, n]) => `${n} of line ${id}`).join(', ')}`
