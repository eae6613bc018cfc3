import type { ConnectionId } from '../schemas/canonical/identity.ts'
import type { Failure } from './failure.ts'
import type { Result } from './result.ts'

/** A connection opened for work: the only way a connector reaches the vendor. */
export interface Account {
  readonly connection: ConnectionId
  /** The connection's own fields, as the connector's schema parsed them at synth. */
  readonly settings: unknown
  /** The connection's secret, parsed JSON; the connector's own schema reads it. */
  secret(): Promise<unknown>
  readonly send: Send
  readonly tokens: Tokens
  readonly now: () => Date
}

/** One HTTP call to a vendor. `kind` says what a lost answer means: a read is retried, a write is in doubt. */
export interface Call {
  readonly kind: 'read' | 'write'
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** @default 8000 */
  readonly timeoutMs?: number
}

/** What came back, whatever its status; header names are lower case. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Sends one call: https only, allow-listed hosts, no redirects, deadline and size caps.
 * Fails with `retry` when nothing was sent or a read got no answer, with `doubt` when a write got none.
 */
export type Send = (call: Call) => Promise<Result<Reply, Failure>>

/** Access tokens shared by every process of a connection and refreshed by one of them at a time. */
export interface Tokens {
  /** The token in force, or the one that `mint` returns, kept until shortly before it expires. */
  get(mint: () => Promise<Result<Minted, Failure>>): Promise<Result<string, Failure>>
  /** Forgets a token that the vendor refused. */
  drop(): Promise<void>
}

export interface Minted {
  readonly token: string
  readonly seconds: number
}
