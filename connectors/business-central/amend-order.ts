import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { type Failure, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { change, create } from './api.ts'
import { standing, wantedLines } from './create-order.ts'
import { absent, at, findOrders, lagSeconds } from './find-order.ts'
import { type Changes, isNothing, orderChanges } from './order-changes.ts'
import type { WantedLine } from './to-lines.ts'
import { toHead } from './to-sales-order.ts'
import { CreatedBody, type OrderBody } from './wire.ts'

/** How often an order is read anew because somebody else changed it meanwhile. */
const rounds = 8

/**
 * Sets the order to what it shall be, one ETag at a time. An added line is the one thing that a repetition would double
 * while the first is still under way: hence the look-up, and its lag.
 */
export const amendOrder: Effect = {
  safety: { by: 'lookup', lagSeconds },
  find: 'always',
  look: async (account, subject) => {
    const lines = await wantedLines(account, subject)
    if (!lines.ok) return lines
    const found = await compare(account, subject, lines.value)
    if (!found.ok) return found
    if (!found.value) return ok(undefined)
    const { orders, changes } = found.value
    // What cannot be done is not done.
    return changes.ok && isNothing(changes.value) ? standing(orders, subject) : ok(undefined)
  },
  make: async (account, subject) => {
    const lines = await wantedLines(account, subject)
    if (!lines.ok) return lines
    for (let round = 0; round < rounds; round++) {
      const found = await compare(account, subject, lines.value)
      if (!found.ok) return found
      if (!found.value) return err(await absent(account, subject))
      const { orders, changes } = found.value
      if (!changes.ok) return changes
      if (isNothing(changes.value)) return reference(orders, subject)
      const done = await apply(account, orders[0], changes.value)
      if (!done.ok) return done
    }
    return err(retry('somebody else keeps changing the sales order'))
  },
}

interface Compared {
  readonly orders: readonly [OrderBody, ...OrderBody[]]
  readonly changes: Result<Changes, Failure>
}

async function compare(
  account: Account,
  subject: Subject,
  lines: readonly WantedLine[],
): Promise<Result<Compared | undefined, Failure>> {
  const found = await findOrders(account, subject)
  if (!found.ok) return found
  const [order, ...others] = found.value
  if (!order) return ok(undefined)
  const changes = orderChanges(order, toHead(subject), lines)
  return ok({ orders: [order, ...others], changes })
}

/** `stale` as soon as a record is another than the one that was read: then the whole is compared anew. */
async function apply(
  account: Account,
  order: OrderBody,
  { head, drop, alter, add }: Changes,
): Promise<Result<'changed' | 'stale', Failure>> {
  const path = `salesOrders(${order.id})`
  const steps = [
    ...(Object.keys(head).length > 0
      ? [{ method: 'PATCH', path, etag: order['@odata.etag'], body: head } as const]
      : []),
    ...drop.map((line) => ({ method: 'DELETE', ...at(path, line) }) as const),
    ...alter.map(({ line, body }) => ({ method: 'PATCH', ...at(path, line), body }) as const),
  ]
  for (const step of steps) {
    const done = await change(account, step)
    if (!done.ok || done.value === 'stale') return done
  }
  for (const { body } of add) {
    const made = await create(account, `${path}/salesOrderLines`, { body, schema: CreatedBody })
    if (!made.ok) return made
  }
  return ok('changed')
}

function reference(orders: readonly OrderBody[], subject: Subject) {
  const found = standing(orders, subject)
  if (!found.ok) return found
  return found.value ? ok(found.value) : err(retry('the sales order is not to be seen'))
}
