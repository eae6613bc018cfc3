import { decide } from '../../domain/order/decide.ts'
import type { Fact } from '../../domain/order/facts.ts'
import { unknownOrder } from '../../domain/order/state.ts'
import { ok } from '../../domain/result.ts'
import { recordAfter, recordIn } from '../../platform/dynamodb/order-record.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { erp, orderId, orderOf, parcelOf, policy, seconds, start, wms } from '../support/orders.ts'

/** One step of a worker of this version: it reads the item, decides, and writes the item again. */
function step(item: Record<string, unknown> | undefined, fact: Fact): Record<string, unknown> {
  const { state, steps } = item ? recordIn(item) : { state: unknownOrder(orderId), steps: [] }
  const { after, events } = decide(state, fact, policy)
  const commit = { before: state, after, events, at: fact.at, traceparent: '' }
  return recordAfter(commit as never, steps).head
}

const claim = (intentId: string, at: string): Fact => ({
  type: 'claim',
  intentId,
  leaseSeconds: 15,
  at,
})
const done = (intentId: string, at: string): Fact => ({
  type: 'outcome',
  intentId,
  epoch: 1,
  during: 'make',
  result: ok({ id: `id of ${intentId}` }),
  lagSeconds: 0,
  at,
})

/** Everything that a newer version may have added: a field in each kind of object. */
function fromTheFuture(item: Record<string, unknown>): Record<string, unknown> {
  const { state, steps } = recordIn(item)
  const newer = <T extends object>(value: T): T => ({ ...value, tint: 'green' })
  const map = <T extends object>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).map(([key, each]) => [key, newer(each)]))
  const later: OrderState = newer({
    ...state,
    schema: 2,
    lines: state.lines.map(newer),
    intents: map(state.intents),
    stages: map(state.stages),
    acknowledged: newer(state.acknowledged),
    ...(state.seen && { seen: newer(state.seen) }),
    ...(state.route && { route: newer(state.route) }),
  })
  const commit = { before: state, after: later, events: [], at: start, traceparent: '' }
  return recordAfter(commit as never, steps).head
}

test('an older worker keeps what a newer one wrote, while it goes on with the order', () => {
  const captured: Fact = {
    type: 'snapshot',
    order: orderOf(),
    authority: 'body',
    receivedAt: start,
    at: start,
  }
  const written = fromTheFuture(step(undefined, captured))
  const facts: Fact[] = [
    claim('create-order', seconds(1)),
    done('create-order', seconds(2)),
    claim('release-order', seconds(3)),
    done('release-order', seconds(4)),
    { type: 'shipped', connection: wms, shipment: parcelOf('P1', { MUG: 1 }), at: seconds(5) },
    { type: 'deadline', at: seconds(600) },
  ]
  const { state } = recordIn(facts.reduce<Record<string, unknown>>(step, written))
  expect(state.intents['create-order']).toMatchObject({ state: 'done', connection: erp })
  expect(state).toMatchObject({ schema: 2, tint: 'green' })
  for (const part of [
    ...state.lines,
    state.intents['create-order'],
    state.stages['accepted'],
    state.acknowledged,
    state.seen,
    state.route,
  ]) {
    expect(part).toMatchObject({ tint: 'green' })
  }
})

test('a record without a version is of the first', () => {
  const { schema, ...first } = unknownOrder(orderId)
  expect(schema).toBe(1)
  const commit = { before: first, after: first, events: [], at: start, traceparent: '' }
  const { state } = recordIn(recordAfter(commit as never, []).head)
  expect(state.schema).toBeUndefined()
})
