import type { Account } from '../../domain/account.ts'
import type { Guard } from '../../domain/effects/guard.ts'
import type { Failure } from '../../domain/failure.ts'
import { after } from '../../domain/instant.ts'
import type { Page, Sweep, Window } from '../../domain/poll.ts'
import type { Clock } from '../../domain/ports.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Connection } from '../../schemas/settings.ts'

/** The progress of a connection's polls. */
export interface Checkpoint {
  /** Everything before this has been read. */
  readonly upTo: Instant
  /** An unfinished window, with the page to continue from. */
  readonly unfinished?: Window
}

export interface PollConnectionDeps {
  readonly connection: Connection
  readonly connector: { readonly title: string; readonly sweep?: Sweep }
  readonly gate: Guard
  readonly checkpoints: {
    read(): Promise<Checkpoint | undefined>
    write(checkpoint: Checkpoint): Promise<void>
  }
  /** Resolves when all are in the queue. */
  enqueue(deliveries: Page['deliveries'], receivedAt: Instant): Promise<void>
  readonly clock: Clock
  /** Milliseconds left for this invocation. */
  readonly left: () => number
}

export interface Polled {
  readonly count: number
  readonly next?: Failure['next']
  readonly reason?: string
}

/** Leaves time to save the position. */
const margin = 10_000

/**
 * Reads everything that changed in a closed window that overlaps the previous one, because webhooks get lost and
 * indexes lag. The checkpoint moves only when every page is in the queue. Skipped while the breaker is open; the next
 * run covers the same time.
 */
export async function pollConnection(deps: PollConnectionDeps): Promise<Polled> {
  const { sweep, title } = deps.connector
  if (!sweep) return { count: 0, reason: `${title} cannot be polled` }
  const passage = await deps.gate.enter()
  if (!passage.passes) return { count: 0, reason: passage.reason }

  const { failure, ...polled } = await readAll(sweep, passage.account, deps)
  const told = await passage.leave(failure ? err(failure) : ok(undefined))
  return told.ok ? polled : { ...polled, next: told.error.next, reason: told.error.reason }
}

interface Swept {
  readonly count: number
  readonly reason?: string
  readonly failure?: Failure
}

async function readAll(sweep: Sweep, account: Account, deps: PollConnectionDeps): Promise<Swept> {
  const { checkpoints, clock } = deps
  const checkpoint = (await checkpoints.read()) ?? { upTo: firstInstant(deps) }
  let window: Window = checkpoint.unfinished ?? windowAfter(checkpoint.upTo, deps)
  let count = 0
  for (;;) {
    const page: Result<Page, Failure> = await sweep(account, window)
    if (!page.ok) {
      await checkpoints.write({ ...checkpoint, unfinished: resumed(window, page.error) })
      return { count, failure: page.error }
    }
    await deps.enqueue(page.value.deliveries, clock().toISOString())
    count += page.value.deliveries.length

    const { cursor } = page.value
    if (cursor === undefined) {
      await checkpoints.write({ upTo: window.to })
      return { count }
    }
    window = { from: window.from, to: window.to, cursor }
    if (deps.left() < margin) {
      await checkpoints.write({ ...checkpoint, unfinished: window })
      return { count, reason: 'out of time, the next poll continues from here' }
    }
  }
}

/** The vendor may have refused the cursor, so the window starts again. */
const resumed = ({ from, to, cursor }: Window, { next }: Failure): Window => ({
  from,
  to,
  ...(cursor !== undefined && next !== 'except' && { cursor }),
})

function windowAfter(upTo: Instant, { connection, clock }: PollConnectionDeps): Window {
  const { overlapMinutes = 5, lagSeconds = 30 } = connection.sweep ?? {}
  const to = after(clock().toISOString(), -lagSeconds)
  const from = after(upTo, -overlapMinutes * 60)
  return from < to ? { from, to } : { from: to, to }
}

/** Without `since` in the settings, the first poll starts now. */
const firstInstant = ({ connection, clock }: PollConnectionDeps): Instant =>
  connection.sweep?.since ? new Date(connection.sweep.since).toISOString() : clock().toISOString()
