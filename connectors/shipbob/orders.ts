import type { Account } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { OrderId } from '../../schemas/canonical/identity.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { clientOf } from '../kit/client.ts'
import { secretOf } from '../kit/credentials.ts'
import { interpret } from './responses.ts'
import { Secret, Settings } from './settings.ts'
import { OrderWire } from './wire.ts'

/** Calls under `https://<apiHost>/2026-01`. */
export const shipbobApi = clientOf({
  name: 'ShipBob',
  url: ({ settings }, path) => `https://${Settings.parse(settings).apiHost}/2026-01${path}`,
  interpret,
  async authorize(account, send) {
    const secret = await secretOf(account, Secret)
    if (!secret.ok) return secret
    const { channelId } = Settings.parse(account.settings)
    return send({
      authorization: `Bearer ${secret.value.accessToken}`,
      shipbob_channel_id: String(channelId),
    })
  },
})

/** The order under the reference of the subject's round. */
export async function findByReference(
  account: Account,
  subject: Subject,
): Promise<Result<OrderWire | undefined, Failure>> {
  const reference = referenceIdOf(subject)
  const path = `/order?ReferenceIds=${encodeURIComponent(reference)}`
  const orders = await shipbobApi.ask(account, { path, answer: OrderWire.array() })
  return orders.ok
    ? ok(orders.value.find(({ reference_id }) => reference_id === reference))
    : orders
}

/** The order that was released, by ShipBob's own id where it is known: that needs no index. */
export async function findReleased(
  account: Account,
  subject: Subject,
): Promise<Result<OrderWire, Failure>> {
  const id = subject.references.wms?.id
  if (!id) {
    const found = await findByReference(account, subject)
    if (!found.ok) return found
    return found.value ? ok(found.value) : err(noSuchOrder(referenceIdOf(subject)))
  }
  const path = `/order/${encodeURIComponent(id)}`
  return shipbobApi.ask(account, { path, answer: OrderWire })
}

const noSuchOrder = (reference: string): Failure =>
  except('order-not-found', `ShipBob has no order ${reference}`)

export const toReference = ({ id, order_number }: OrderWire): Reference => ({
  id,
  ...(order_number && { number: order_number }),
})

/**
 * What ShipBob knows a release by, unique and immutable there. From the second round on it says which: `.` is in no
 * order id, so that it is never the reference of another order, which may well end in `-2` or `r2`.
 */
export const referenceIdOf = ({ order, round = 1 }: Pick<Subject, 'order' | 'round'>): string =>
  round === 1 ? order.id : `${order.id}.r${round}`

/** The order that a reference is about, whatever its round; `undefined` when it is not one of ours. */
export const orderIdIn = (reference: string | null | undefined): OrderId | undefined =>
  OrderId.safeParse(reference?.replace(laterRound, '')).data

/** Only a release that followed another one says its round. */
export const isLaterRound = (reference: string | null | undefined): boolean =>
  laterRound.test(reference ?? '')

const laterRound = /\.r\d+$/
