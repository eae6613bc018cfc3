import { GraphQLError, type GraphQLResolveInfo, getDirectiveValues } from 'graphql'
import type { TwinWorld } from '../kit/twin.ts'
import { loose, textOf } from './body.ts'
import { type CancelInput, type cancelJobs, cancelRefusal } from './cancel.ts'
import { type FulfillmentInput, makeFulfilment, orderIdWithin } from './fulfil.ts'
import { type HoldInput, held, holdNotice, holdsOf, released } from './hold.ts'
import type { Inventory } from './inventory.ts'
import { refundsOf, toFulfilmentNode, toFulfilmentOrderNode } from './nodes.ts'
import { fulfilmentOrdersOf, type OpenOrder, open, withFulfilment } from './order.ts'
import { digits, type RefundInput, refunded } from './refund.ts'
import { schema } from './schema.ts'
import { type SetQuantitiesInput, setQuantities } from './set-quantities.ts'
import type { Shelf } from './shelf.ts'

export interface Backstage {
  readonly orders: Shelf
  readonly inventory: Inventory
  readonly jobs: ReturnType<typeof cancelJobs>
  readonly deliver: (topic: string, body: string) => void
}

/** What the mutations do, by name. */
export function mutations(world: TwinWorld, { orders, inventory, jobs, deliver }: Backstage) {
  const at = () =>
    world
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, '+00:00')
  return {
    fulfillmentCreate: ({ fulfillment }: { readonly fulfillment: FulfillmentInput }) => {
      const making = makeFulfilment(world, fulfillment, orders.find)
      if ('errors' in making) return { fulfillment: null, userErrors: making.errors }
      const changed = withFulfilment(making.order, making.made)
      orders.put(changed)
      deliver('orders/updated', changed.body)
      return { fulfillment: toFulfilmentNode(open(changed), making.made), userErrors: [] }
    },

    orderCancel: (input: CancelInput) => {
      const message = cancelRefusal(orders.find(digits(input.orderId)))
      if (message) {
        const error = { code: 'INVALID', field: ['orderId'], message }
        return { job: null, orderCancelUserErrors: [error] }
      }
      const job = jobs.take(input, `gid://shopify/Job/${crypto.randomUUID()}`)
      return { job: { id: job.id, done: false }, orderCancelUserErrors: [] }
    },

    refundCreate: (
      { input }: { readonly input: RefundInput },
      _: unknown,
      info: GraphQLResolveInfo,
    ) =>
      once(
        world,
        { key: keyOf(info), input },
        () => {
          const order = orders.find(digits(input.orderId))
          const refunding = order ? refunded(order, input, at()) : { error: 'Order does not exist' }
          if ('error' in refunding) return { error: refunding.error }
          const { changed, refundId } = refunding
          orders.put(changed)
          const restocks = input.refundLineItems?.some((line) => line.restockType !== 'NO_RESTOCK')
          if (restocks) inventory.sold(order, open(changed))
          deliver('refunds/create', `{"id":${refundId},"order_id":${digits(input.orderId)}}`)
          deliver('orders/updated', changed.body)
          return { made: `gid://shopify/Refund/${refundId}` }
        },
        (id) => {
          const order = orders.find(digits(input.orderId))
          return (order && refundsOf(order).find((refund) => refund.id === id)) ?? null
        },
      ),

    inventorySetQuantities: (
      { input }: { readonly input: SetQuantitiesInput },
      _: unknown,
      info: GraphQLResolveInfo,
    ) => {
      const known = replayed(world, { key: keyOf(info), input })
      if (known) return known
      const userErrors = setQuantities(input, inventory)
      const id = `gid://shopify/InventoryAdjustmentGroup/${crypto.randomUUID()}`
      const answer = {
        inventoryAdjustmentGroup: userErrors.length > 0 ? null : { id },
        userErrors,
      }
      const made = userErrors.length > 0 ? null : answer
      world.documents.put('keys', keyOf(info), { asked: JSON.stringify(input), made })
      return answer
    },

    fulfillmentOrderHold: (asked: { readonly id: string; readonly fulfillmentHold: HoldInput }) =>
      onFulfilmentOrder(asked.id, 'fulfillment_orders/placed_on_hold', (order) =>
        held(order, asked.fulfillmentHold),
      ),
    fulfillmentOrderReleaseHold: ({ id }: { readonly id: string }) =>
      onFulfilmentOrder(id, 'fulfillment_orders/hold_released', released),
  }

  function onFulfilmentOrder(
    gid: string,
    topic: string,
    change: (order: OpenOrder) => ReturnType<typeof held>,
  ) {
    const order = orders.find(orderIdWithin(gid))
    const planned = order && fulfilmentOrdersOf(order).find(({ id }) => gid.endsWith(`/${id}`))
    if (!order || !planned) {
      const message = 'The fulfillment order could not be found.'
      return {
        fulfillmentOrder: null,
        fulfillmentHold: null,
        userErrors: [{ field: ['id'], message }],
      }
    }
    const changed = change(order)
    orders.put(changed)
    const now = open(changed)
    deliver(topic, JSON.stringify(holdNotice(now, planned)))
    deliver('orders/updated', changed.body)
    const standing = fulfilmentOrdersOf(now).find(({ id }) => id === planned.id) ?? planned
    return {
      fulfillmentOrder: toFulfilmentOrderNode(now, standing),
      fulfillmentHold: holdsOf(now).at(-1) ?? null,
      userErrors: [],
    }
  }
}

/** `@idempotent` is no part of the request's fields; Shopify demands it of refunds since 2026-04. */
function keyOf({ fieldNodes, variableValues }: GraphQLResolveInfo): string {
  const directive = schema.getDirective('idempotent')
  const [node] = fieldNodes
  const found = directive && node ? getDirectiveValues(directive, node, variableValues) : undefined
  const key = textOf(found?.['key'])?.trim()
  if (!key)
    throw refusing('BAD_REQUEST', 'The @idempotent directive is required for this mutation.')
  return key
}

interface Keyed<T = RefundInput> {
  readonly key: string
  readonly input: T
}

/** The answer that a key was given before; refused for another request, and spent once it has failed. */
function replayed(
  { documents }: Pick<TwinWorld, 'documents'>,
  { key, input }: Keyed<SetQuantitiesInput>,
): unknown {
  const known = loose(documents.get('keys', key))
  if (known['asked'] !== undefined && known['asked'] !== JSON.stringify(input)) {
    throw refusing('IDEMPOTENCY_KEY_PARAMETER_MISMATCH', 'The key was used for another request.')
  }
  if (known['made'] === null) {
    throw refusing('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', 'An earlier attempt with the key failed.')
  }
  return known['made']
}

type Outcome = { readonly made: string } | { readonly error: string }

/** A key that was used is answered as it was the first time, refused for another request, and spent once it has failed. */
function once(
  { documents }: Pick<TwinWorld, 'documents'>,
  { key, input }: Keyed,
  act: () => Outcome,
  show: (id: string) => unknown,
) {
  const asked = JSON.stringify(input)
  const known = loose(documents.get('keys', key))
  if (known['asked'] !== undefined && known['asked'] !== asked) {
    throw refusing('IDEMPOTENCY_KEY_PARAMETER_MISMATCH', 'The key was used for another request.')
  }
  if (known['made'] === null) {
    throw refusing('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', 'An earlier attempt with the key failed.')
  }
  const earlier = textOf(known['made'])
  if (earlier) return { refund: show(earlier), userErrors: [] }
  const outcome = act()
  documents.put('keys', key, { asked, made: 'made' in outcome ? outcome.made : null })
  return 'made' in outcome
    ? { refund: show(outcome.made), userErrors: [] }
    : { refund: null, userErrors: [{ field: ['input'], message: outcome.error }] }
}

const refusing = (code: string, message: string) =>
  new GraphQLError(message, { extensions: { code } })
