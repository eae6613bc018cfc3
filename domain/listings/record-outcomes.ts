import type { Listing } from '../../schemas/stored/listing.ts'
import { Fault } from '../fault.ts'
import type { Requeue } from '../ports.ts'
import { confirmed, found, refused, scoreOf, type Told } from './listing.ts'
import { type ProjectDeps, project } from './project.ts'
import { listingsOf, type Seller } from './sellers.ts'
import type { Outcome } from './selling.ts'

export interface RecordOutcomesDeps extends ProjectDeps {
  readonly seller: Seller
  readonly again: Requeue
  /** Seconds within which a change is to reach the channel. */
  readonly limit: number
  count(point: Point): void
}

/** What people watch. */
export type Point =
  | { readonly name: 'StageMet' | 'StageMissed' }
  | { readonly name: 'PublishRefused' | 'PublishMoved'; readonly value: number }

interface About {
  readonly wanted: ReadonlyMap<string, Listing['wanted']>
  readonly deps: RecordOutcomesDeps
}

/** Writes down what came of each; those that moved are looked at anew. */
export async function recordOutcomes(outcomes: readonly Outcome[], { wanted, deps }: About) {
  const { semantics, patience, connection } = deps.seller
  const now = deps.clock().toISOString()
  const moved: string[] = []
  await Promise.all(
    outcomes.map(async (outcome) => {
      const before = wanted.get(outcome.sku)
      if (!before) return
      if (outcome.is === 'moved') {
        moved.push(outcome.sku)
        const look = { shows: outcome.shows, now, semantics, patience }
        await change(outcome.sku, (listing) => found(listing, look), deps)
      } else if (outcome.is === 'refused') {
        await refuse(outcome, now, deps)
      } else {
        await confirm(outcome.sku, { units: before.units, wanted: before }, deps)
      }
    }),
  )
  if (moved.length > 0) {
    deps.count({ name: 'PublishMoved', value: moved.length })
    await project(listingsOf(connection, moved), now, deps)
  }
  return moved
}

/** A channel took a number. */
export async function confirm(sku: string, told: Told, deps: RecordOutcomesDeps): Promise<void> {
  const now = deps.clock().toISOString()
  const { semantics } = deps.seller
  const before = await change(sku, (listing) => confirmed(listing, told, { now, semantics }), deps)
  score(before, now, deps)
  // What was wanted meanwhile had no hint of its own: the listing was waiting already.
  if (before && before.wanted?.units !== told.units) await hint(sku, deps)
}

/** A channel will not take a number, and somebody has to look. */
export async function refuse(
  { sku, reason }: { readonly sku: string; readonly reason: string },
  now: string,
  deps: RecordOutcomesDeps,
): Promise<void> {
  const before = await change(sku, (listing) => refused(listing, reason, now), deps)
  deps.count({ name: 'PublishRefused', value: 1 })
  if (before?.dirtySince && !before.late) deps.count({ name: 'StageMissed' })
}

function score(before: Listing | undefined, now: string, deps: RecordOutcomesDeps): void {
  const point = before && scoreOf(before, now, deps.limit)
  if (point) deps.count({ name: point === 'met' ? 'StageMet' : 'StageMissed' })
}

/** Decides on a listing as it is now, and anew when somebody else was first. Returns it as it was before. */
async function change(
  sku: string,
  decide: (listing: Listing) => Listing,
  { listings, seller }: RecordOutcomesDeps,
): Promise<Listing | undefined> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const [before] = await listings.find(listingsOf(seller.connection, [sku]), 'now')
    if (!before) return undefined
    const after = decide(before)
    if (after === before || (await listings.save(before, after))) return before
  }
  throw new Fault('a listing was changed by other writers twenty times in a row')
}

const hint = (sku: string, { again, seller }: RecordOutcomesDeps): Promise<void> =>
  again(JSON.stringify({ connection: seller.connection, sku }), 0)
