import { GraphQLError, type GraphQLResolveInfo, getDirectiveValues } from 'graphql'
import { loose } from '../kit/body.ts'
import type { TwinWorld } from '../kit/twin.ts'
import { digits, shortInstant, textOf } from './body.ts'
import { type CancelInput, type cancelJobs, cancelRefusal } from './cancel.ts'
import { type FulfillmentInput, makeFulfilment, orderIdWithin } from './fulfil.ts'
import { type HoldInput, held, holdNotice, holdsOf, released } from './hold.ts'
import type { Inventory } from './inventory.ts'
import { refundsOf, toFulfilmentNode, toFulfilmentOrderNode } from './nodes.ts'
import { fulfilmentOrdersOf, type OpenOrder, open, withFulfilment } from './order.ts'
import { type RefundInput, refunded } from './refund.ts'
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
  const at = () => shortInstant(world.now())
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
    ) => {
      const id = digits(input.orderId)
      return once(
        world,
        { key: keyOf(info), input },
        {
          act() {
            const order = orders.find(id)
            const refunding = order
              ? refunded(order, input, at())
              : { error: 'Order does not exist' }
            if ('error' in refunding) {
              const userErrors = [{ field: ['input'], message: refunding.error }]
              return { made: null, answer: { refund: null, userErrors } }
            }
            const { changed, refundId } = refunding
            orders.put(changed)
            const restocks = input.refundLineItems?.some(
              (line) => line.restockType !== 'NO_RESTOCK',
            )
            if (restocks) inventory.sold(order, open(changed))
            deliver('refunds/create', `{"id":${refundId},"order_id":${id}}`)
            deliver('orders/updated', changed.body)
            const made = `gid://shopify/Refund/${refundId}`
            return { made, answer: refundAnswer(made) }
          },
          repeat: refundAnswer,
        },
      )

      function refundAnswer(made: unknown) {
        const order = orders.find(id)
        const refund = order && refundsOf(order).find((one) => one.id === made)
        return { refund: refund ?? null, userErrors: [] }
      }
    },

    inventorySetQuantities: (
      { input }: { readonly input: SetQuantitiesInput },
      _: unknown,
      info: GraphQLResolveInfo,
    ) =>
      once(
        world,
        { key: keyOf(info), input },
        {
          act() {
            const userErrors = setQuantities(input, inventory)
            const id = `gid://shopify/InventoryAdjustmentGroup/${crypto.randomUUID()}`
            const group = userErrors.length > 0 ? null : { id }
            const answer = { inventoryAdjustmentGroup: group, userErrors }
            return { made: group && answer, answer }
          },
          repeat: (made) => made,
        },
      ),

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

interface Keyed {
  readonly key: string
  readonly input: object
}

interface Action {
  /** `made` is kept with the key, and is null when nothing was made. */
  act(): { readonly made: unknown; readonly answer: unknown }
  repeat(made: unknown): unknown
}

/** A key that was used is answered as it was the first time, refused for another request, and spent once it has failed. */
function once(
  { documents }: Pick<TwinWorld, 'documents'>,
  { key, input }: Keyed,
  { act, repeat }: Action,
): unknown {
  const asked = JSON.stringify(input)
  const known = loose(documents.get('keys', key))
  if (known['asked'] !== undefined && known['asked'] !== asked) {
    throw refusing('IDEMPOTENCY_KEY_PARAMETER_MISMATCH', 'The key was used for another request.')
  }
  if (known['made'] === null) {
    throw refusing('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', 'An earlier attempt with the key failed.')
  }
  if (known['made'] !== undefined) return repeat(known['made'])
  const { made, answer } = act()
  documents.put('keys', key, { asked, made })
  return answer
}

const refusing = (code: string, message: string) =>
  new GraphQLError(message, { extensions: { code } })
