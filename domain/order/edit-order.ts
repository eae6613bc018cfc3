import type { EditCommand } from '../../schemas/api/command.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { type Edit, Order } from '../../schemas/canonical/order.ts'
import { except, type Failure } from '../failure.ts'
import { Fault } from '../fault.ts'
import { read } from '../parse.ts'
import type { Clock } from '../ports.ts'
import { err, ok, type Result } from '../result.ts'
import { put, valueAt } from './edits.ts'
import { type RecordedFact, type RecordFactDeps, recordFact } from './record-fact.ts'
import { largestOrder, sizeOf } from './size.ts'

interface Editing {
  readonly id: string
  readonly by: string
  readonly command: EditCommand
}

/** Retries when another writer changes the document between reading and writing. */
const attempts = 8

/**
 * Changes one field of an order's document. Author, time, old and new value are stored with its personal data; the
 * timeline records that it happened. Fails with a reason that names the field and the correction.
 */
export async function editOrder(
  orderId: OrderId,
  { id, by, command }: Editing,
  deps: RecordFactDeps & { readonly clock: Clock },
): Promise<Result<RecordedFact, Failure>> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { state, order, gone } = await deps.ledger.open(orderId, 'edit')
    if (!state || !order) return err(unfit('the order has no document yet'))
    if (gone) return err(unfit(noPeople))
    if (state.commands.includes(id)) return ok({ state, events: [] })
    const at = deps.clock().toISOString()
    const document = withEdit(order, command, { by, at })
    if (!document.ok) return document
    const { field, reason } = command
    const fact = {
      type: 'edited',
      at,
      id,
      by,
      rev: state.rev,
      field,
      reason,
      order: document.value,
    } as const
    const learned = await recordFact({ id: orderId, last: state }, fact, deps)
    if (learned.events.length > 0) return ok(learned)
  }
  throw new Fault(`order ${orderId} changed ${attempts} times during the edit`)
}

function withEdit(
  order: Order,
  { field, value }: EditCommand,
  audit: Pick<Edit, 'by' | 'at'>,
): Result<Order, Failure> {
  if (!isEditable(field)) return err(unfit(`there is no field ${field}; write ${choices}`))
  const before = valueAt(order, field)
  if (before === undefined) return err(unfit(`the order has no ${field}; ${beginning(field)}`))
  const { edits = [], ...people } = order.people
  // The channel's value is the one that the first edit replaced.
  const old = edits.find((edit) => edit.field === field)?.old ?? before
  const others = edits.filter((edit) => edit.field !== field)
  const changed = put({ ...order, people }, field, value)
  const document = {
    ...changed,
    people: { ...changed.people, edits: [...others, { field, old, value, ...audit }] },
  }
  const fit = read(Order, document)
  if (!fit.ok) return err(unfit(`${field} does not accept this value: ${fit.error.reason}`))
  if (sizeOf(fit.value) <= largestOrder) return fit
  return err(unfit(`this ${field} makes the order larger than ${largestOrder} bytes; write less`))
}

const noPeople = 'its personal data is gone, and edits are stored with it; cancel the order instead'

const unfit = (reason: string): Failure => except('effect-refused', reason)

const choices =
  'shipTo, shipTo.<field>, billTo, billTo.<field>, note, lines.<id>.sku, lines.<id>.taxCode, lines.<id>.unit or shipping.<n>.code'

const isEditable = (field: string): boolean =>
  /^(?:(?:shipTo|billTo)(?:\.(?:name|company|address1|address2|city|province|provinceCode|postalCode|countryCode|phone))?|note|lines\..+\.(?:sku|taxCode|unit)|shipping\.\d+\.code)$/.test(
    field,
  )

const beginning = (field: string): string =>
  field.startsWith('lines.') || field.startsWith('shipping.')
    ? 'write the id of one of its lines'
    : `edit ${field.split('.')[0]} as a whole first`
