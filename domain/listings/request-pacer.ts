import type { Requeue } from '../ports.ts'
import type { Publication } from './listings-capability.ts'
import type { Seller } from './sellers.ts'

/** Keeps to the pace of a channel that sets one, for all processes together. */
export interface Pace {
  /** True for one of those who ask, and then for nobody until so many seconds have passed. */
  take(seconds: number): Promise<boolean>
  /** The next one may come after so many seconds from now. */
  give(seconds: number): Promise<void>
}

export interface PaceDeps {
  readonly seller: Pick<Seller, 'connection'>
  readonly publication: Pick<Publication, 'everySeconds'>
  readonly pace: Pace
  readonly again: Requeue
}

/** Seconds that a request which is on its way, or was taken, may keep the next one waiting. */
export const onItsWay = 300

/** Lets the next one have its turn after so many seconds, and comes back for all that waits by then. */
export async function passTurn(seconds: number, deps: PaceDeps): Promise<void> {
  if (deps.publication.everySeconds === undefined) return
  await deps.pace.give(seconds)
  await comeBack(seconds, deps)
}

/** Looks at whatever waits, after so many seconds; SQS keeps a message back for 15 minutes at most. */
export const comeBack = (
  seconds: number,
  { again, seller }: Pick<PaceDeps, 'again' | 'seller'>,
): Promise<void> =>
  again(JSON.stringify({ connection: seller.connection }), Math.min(900, Math.max(1, seconds)))
