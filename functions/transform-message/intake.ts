import type { Connector } from '../../connectors/contract.ts'
import type { Guard } from '../../domain/effects/guard.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import type { RecordFactDeps } from '../../domain/order/record-fact.ts'
import type { Clock, Requeue } from '../../domain/ports.ts'
import type { MovingDeps } from '../../domain/stock/movements.ts'
import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import type { PrivacyRequest } from '../../schemas/messages/privacy-request.ts'
import type { StockSettings } from '../../schemas/settings.ts'
import type { OpenMessage } from './open-message.ts'

export interface TransformMessageDeps extends RecordFactDeps {
  connector(connection: ConnectionId): Connector | undefined
  gate(connection: ConnectionId): Guard
  readonly open: OpenMessage
  /** A short digest that identifies a body without an order id. */
  digest(text: string): string
  /** Resolves when the privacy request is in its queue. */
  ask(request: PrivacyRequest): Promise<void>
  readonly again: Requeue
  readonly clock: Clock
  /** Stock, for systems that report it. */
  readonly stocked: MovingDeps & { readonly settings: StockSettings | undefined }
}

/** A message with the means to process it. */
export interface Context {
  readonly message: IntakeMessage
  readonly deps: TransformMessageDeps
}

type Naming = Pick<TransformMessageDeps, 'connector' | 'digest'>

/** The order of a body, as far as it can be determined. */
export const subjectOf = (connection: ConnectionId, text: string, deps: Naming): OrderId =>
  namedIn(connection, text, deps) ?? orderIdOf(connection, `unreadable-${deps.digest(text)}`)

/** Whether problems with a body are recorded only under its digest. */
export const isNameless = (connection: ConnectionId, text: string, deps: Naming): boolean =>
  namedIn(connection, text, deps) === undefined

function namedIn(
  connection: ConnectionId,
  text: string,
  { connector }: Naming,
): OrderId | undefined {
  const named = connector(connection)?.orders?.nameOf?.(text)
  return named === undefined ? undefined : orderIdOf(connection, named)
}
