import type { ConnectionId } from '../schemas/canonical/identity.ts'
import type { Failure } from './failure.ts'
import type { Result } from './result.ts'

/** A connection opened for work: a connector's only way to reach the vendor. */
export interface Account {
  readonly connection: ConnectionId
  /** The connection's own fields, as the connector's schema parsed them at synth. */
  readonly settings: unknown
  /** The connection's secret as parsed JSON; the connector's own schema validates it. */
  secret(): Promise<unknown>
  readonly send: Send
  readonly tokens: Tokens
  readonly now: () => Date
}

/** One HTTP call to a vendor. `kind` decides what a lost answer means: a read is retried, a write is in doubt. */
export interface Call {
  readonly kind: 'read' | 'write'
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** @default 8000 */
  readonly timeoutMs?: number
}

/** The answer, whatever its status; header names are lower case. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Sends one call: https only, allowed hosts, no redirects, deadline and size limits. Fails with `retry` if nothing was
 * sent or a read got no answer, with `doubt` if a write got none.
 */
export type Send = (call: Call) => Promise<Result<Reply, Failure>>

/** Access tokens shared by all processes of a connection; one process at a time refreshes them. */
export interface Tokens {
  /** The current token, or a new one from `mint`, cached until shortly before it expires. */
  get(mint: () => Promise<Result<Minted, Failure>>): Promise<Result<string, Failure>>
  /** Discards a token that the vendor rejected. */
  drop(): Promise<void>
}

export interface Minted {
  readonly token: string
  readonly seconds: number
}
