import type { RequestDeps } from '../../domain/listings/request-listings.ts'
import type { RecordFactDeps } from '../../domain/order/record-fact.ts'
import type { Clock, Listings, ListingTermsBook } from '../../domain/ports.ts'
import type { Result } from '../../domain/result.ts'
import type { MovingDeps } from '../../domain/stock/movements.ts'
import type { Description } from '../../schemas/api/openapi.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderDocument, People } from '../../schemas/canonical/order.ts'
import type { ExceptionOwner } from '../../schemas/events/exception.ts'
import type { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import type { PrivacyRequest } from '../../schemas/messages/privacy-request.ts'
import type { Connection, StockSettings } from '../../schemas/settings.ts'
import type { CommitRecord } from '../../schemas/stored/commit-record.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'

export interface ServeApiDeps extends RecordFactDeps, RequestDeps {
  readonly connections: readonly Connection[]
  readonly orders: OrderReader
  /** Stock, and the locations in the settings. */
  readonly stocked: MovingDeps & { readonly settings: StockSettings | undefined }
  readonly listings: Pick<Listings, 'find'>
  readonly terms: ListingTermsBook
  readonly once: Once
  /** Resolves when the message is in the queue. */
  enqueue(message: IntakeMessage): Promise<void>
  /** The same for a privacy request. */
  ask(request: PrivacyRequest): Promise<void>
  /** The API's own description. */
  describe(): Description
  /** The caller's traceparent, or a new one. */
  trace(given: string | undefined): string
  readonly clock: Clock
  log(message: string, fields: Logged): void
  /** The same, at error level. */
  complain(message: string, fields: Logged): void
}

/** The allowed log fields of this function. */
interface Logged {
  readonly did?: string
  readonly orderId?: string
  readonly reason?: string
  readonly traceparent?: string
}

/** Reads the ledger for people. */
export interface OrderReader {
  /** Current state and document, without personal data. */
  read(id: OrderId): Promise<KnownOrder | undefined>
  /** The states of those that exist, in no order. */
  states(ids: readonly OrderId[]): Promise<readonly OrderState[]>
  /** `undefined` if erased or expired. The read is logged. */
  people(
    id: OrderId,
    asker: { readonly by: string; readonly said: string },
  ): Promise<People | undefined>
  /** Order ids by reference and id prefix; eventually consistent. */
  idsBy(
    names: readonly { readonly reference: string; readonly beginning?: string }[],
  ): Promise<readonly OrderId[]>
  /** Commits after this revision, oldest first. */
  commits(id: OrderId, page: { readonly after?: number; readonly limit: number }): Promise<Commits>
  /** Orders whose most urgent exception belongs to this owner, most urgent first. */
  standing(
    owner: ExceptionOwner,
    page: { readonly after?: Place; readonly limit: number },
  ): Promise<Places>
}

export interface KnownOrder {
  readonly state: OrderState
  /** Absent until the first snapshot. */
  readonly document: OrderDocument | undefined
}

interface Commits {
  readonly records: readonly CommitRecord[]
  readonly more: boolean
}

/** An order's position in the index of exceptions. */
export interface Place {
  readonly id: OrderId
  readonly deadline: Instant
}

interface Places {
  readonly places: readonly Place[]
  readonly more: boolean
}

/**
 * Does the work once per key and remembers the answer for a day: the same key with the same body returns it. Work that
 * throws is forgotten.
 */
type Once = <T>(request: OnceRequest, work: () => Promise<T>) => Promise<OnceResult<T>>

interface OnceRequest {
  /** The caller's key and its scope. */
  readonly key: readonly string[]
  readonly body: unknown
}

type OnceResult<T> = Result<T, 'other-body' | 'in-flight'>
