import type { Account } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { doubt, except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { ask } from './call.ts'
import type { MiraklSettings } from './settings.ts'
import { trackingOf } from './tracking.ts'
import { ShipmentAnswer, ShipmentPage } from './wire.ts'

interface Parcel {
  readonly shipment: Shipment
  readonly settings: MiraklSettings
}

/** The marketplace's shipment that carries our parcel's id, once it counts as shipped. */
export async function findParcel(
  account: Account,
  subject: Subject,
  shipment: Shipment,
): Promise<Result<Reference | undefined, Failure>> {
  const made = await search(account, subject, shipment)
  if (!made.ok) return made
  return ok(made.value && !waiting.has(made.value.status) ? { id: made.value.id } : undefined)
}

/** Makes a shipment of the parcel's units (ST01), shipped at once; one that was made and not shipped is shipped (ST24). */
export async function shipParcel(
  account: Account,
  subject: Subject,
  { shipment, settings }: Parcel,
): Promise<Result<Reference, Failure>> {
  const made = await search(account, subject, shipment)
  if (!made.ok) return made
  const { value: found } = made
  if (found && !waiting.has(found.status)) return ok({ id: found.id })
  if (found)
    return send(account, { method: 'PUT', path: '/shipments/ship', body: [{ id: found.id }] })

  const tracking = trackingOf(subject, shipment, settings)
  const body = {
    order_id: subject.order.channelOrderId,
    shipped: true,
    shipment_lines: shipment.lines.map(({ id, quantity }) => ({
      order_line_id: id,
      quantity,
      package_reference: shipment.id,
    })),
    ...(Object.keys(tracking).length > 0 && { tracking }),
  }
  return send(account, { method: 'POST', path: '/shipments', body: [body] })
}

/** States of a shipment that has not left. */
const waiting: ReadonlySet<string> = new Set(['SHIPPING', 'READY_FOR_PICK_UP', 'SHIPMENT_PREPARED'])

type Made = { readonly id: string; readonly status: string }

async function search(
  account: Account,
  { order }: Subject,
  { id }: Shipment,
): Promise<Result<Made | undefined, Failure>> {
  let token: string | undefined
  do {
    const page: Result<ShipmentPage, Failure> = await ask(account, {
      kind: 'read',
      method: 'GET',
      path: '/shipments',
      query: { order_id: order.channelOrderId, limit: '100', ...(token && { page_token: token }) },
      answer: ShipmentPage,
    })
    if (!page.ok) return page
    const ours = page.value.data.find(
      ({ status, shipment_lines }) =>
        status !== 'CANCELED' && shipment_lines.some((line) => line.package_reference === id),
    )
    if (ours) return ok(ours)
    token = page.value.next_page_token ?? undefined
  } while (token)
  return ok(undefined)
}

interface Sending {
  readonly method: 'POST' | 'PUT'
  readonly path: string
  readonly body: readonly object[]
}

/** Mirakl answers 200 or 201 also when it refuses, with the reason beside what it did. */
async function send(
  account: Account,
  { body, ...sending }: Sending,
): Promise<Result<Reference, Failure>> {
  const answer = await ask(account, {
    kind: 'write',
    ...sending,
    body: { shipments: body },
    answer: ShipmentAnswer,
  })
  if (!answer.ok) return answer
  const { shipment_success, shipment_errors } = answer.value
  const [done] = shipment_success
  const [refused] = shipment_errors
  if (done) return ok({ id: done.id })
  return err(
    refused
      ? except(
          'effect-refused',
          `mirakl refuses the shipment: ${(refused.message ?? '').slice(0, 200)}`,
        )
      : doubt('mirakl neither made nor refused the shipment'),
  )
}
