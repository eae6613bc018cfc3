import { err, ok } from '../../../domain/result.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import type { Wrong } from '../../../schemas/api/problem.ts'
import type { OrderId } from '../../../schemas/canonical/identity.ts'
import { problem } from '../problems.ts'
import type { Handle, Refusal } from '../route.ts'
import { orderView } from './order-view.ts'

/** An order; personal data only for a purpose, which is logged with the caller. */
export const readOrder: Handle<typeof endpoints.readOrder> = async (asked, deps) => {
  const { id } = asked.params
  const purpose = asked.headers['x-purpose']
  const withPeople = asked.query.people === 'true'
  if (withPeople && purpose === undefined) return err(noPurpose)

  const known = await deps.orders.read(id)
  if (!known) return err(noSuchOrder(id))
  const view = orderView(known)
  if (!withPeople || purpose === undefined) return ok(view)

  const people = await deps.orders.people(id, { by: asked.by, said: purpose })
  if (people) return ok({ ...view, people })
  return ok({ ...view, peopleGone: view.peopleGone ?? (known.document && 'expired') })
}

const noPurpose: Refusal = {
  problem: problem('bad-request', 'Reading personal data requires a purpose.', [
    {
      parameter: 'x-purpose',
      detail: 'is missing',
      fix: 'write a word such as customer-service or address-check',
    },
  ]),
}

export const noSuchOrder = (
  id: OrderId,
  where: Pick<Wrong, 'pointer' | 'parameter'> = { parameter: 'id' },
): Refusal => ({
  problem: problem('not-found', `Order ${id} does not exist.`, [
    {
      ...where,
      detail: 'is not a known order',
      fix: 'find it by another reference with GET /v1/orders?reference=…',
    },
  ]),
})
