import type { AttributeState, Listing } from '../../schemas/stored/listing.ts'
import type { Guard } from '../effects/guard.ts'
import { Fault } from '../fault.ts'
import type { Requeue } from '../ports.ts'
import type { Attribute, Sent } from './attribute.ts'
import {
  confirmed,
  doubted,
  found,
  isSame,
  refused,
  scoreOf,
  sentOf,
  stateOf,
  withStates,
} from './listing.ts'
import type { ListingsCapability, Outcome, Publication } from './listings-capability.ts'
import { type ProjectDeps, project } from './project.ts'
import type { Pace } from './request-pacer.ts'
import { listingsOf, type Seller } from './sellers.ts'

export interface PublishDeps extends ProjectDeps {
  readonly seller: Seller
  readonly capability: ListingsCapability
  readonly gate: Guard
  /** Each attribute keeps a pace of its own. */
  readonly paceOf: (attribute: string) => Pace
  readonly again: Requeue
  /** Seconds within which a change is to reach the channel. */
  readonly limit: number
  count(point: Point): void
}

/** What people watch. */
export type Point =
  | { readonly name: 'StageMet' | 'StageMissed' }
  | { readonly name: 'PublishRefused' | 'PublishMoved'; readonly value: number }

/** What it takes to tell a channel one attribute. */
export interface AttributeDeps extends PublishDeps {
  readonly name: string
  readonly attribute: Attribute
  readonly publication: Publication
  readonly pace: Pace
}

/** The attributes that a channel is told, in the order of its connector. */
export const publicationsOf = (deps: PublishDeps): readonly AttributeDeps[] =>
  Object.entries<Publication>(deps.capability.attributes).map(([name, publication]) => {
    const attribute = deps.attributes[name]
    if (!attribute) throw new Fault(`there is no attribute ${name}`)
    return { ...deps, name, attribute, publication, pace: deps.paceOf(name) }
  })

/** Writes down what came of each; those that moved are looked at anew. */
export async function recordOutcomes(
  outcomes: readonly Outcome[],
  told: readonly Listing[],
  deps: AttributeDeps,
): Promise<readonly string[]> {
  const listings = new Map(told.map((listing) => [listing.sku, listing]))
  const moved: string[] = []
  await Promise.all(
    outcomes.map(async (outcome) => {
      const { sku, is } = outcome
      const sent = sentIn(listings.get(sku), deps)
      if (!sent) return
      if (is === 'refused') await refuse(outcome, deps)
      else if (is === 'done') await confirm({ sku, ...sent }, deps)
      else {
        moved.push(sku)
        await change(sku, (state) => found(state, outcome.shows, aboutNow(deps)), deps)
      }
    }),
  )
  if (moved.length > 0) {
    deps.count({ name: 'PublishMoved', value: moved.length })
    await project(listingsOf(deps.seller.connection, moved), aboutNow(deps).now, deps)
  }
  return moved
}

const aboutNow = ({ attribute, seller, clock }: AttributeDeps) => ({
  attribute,
  seller,
  now: clock().toISOString(),
})

function sentIn(listing: Listing | undefined, { name }: AttributeDeps) {
  const desired = listing && stateOf(listing, name).desired
  return desired && sentOf(desired)
}

export type Told = Sent<AttributeState> & { readonly sku: string }

/** Notes that a channel may have taken what it was told: its answer was lost. */
export async function doubt(told: readonly Listing[], deps: AttributeDeps): Promise<void> {
  await Promise.all(
    told.map(async (listing) => {
      const sent = sentIn(listing, deps)
      const about = aboutNow(deps)
      if (sent) await change(listing.sku, (state) => doubted(state, sent, about), deps)
    }),
  )
}

/** A channel took a value. `feed`: the feed that said so. */
export async function confirm(
  { sku, ...sent }: Told,
  deps: AttributeDeps,
  feed?: string,
): Promise<void> {
  const about = { ...aboutNow(deps), feed }
  const before = await change(sku, (state) => confirmed(state, sent, about), deps)
  const point = before && scoreOf(before, about.now, deps.limit)
  if (point) deps.count({ name: point === 'met' ? 'StageMet' : 'StageMissed' })
  // What was desired meanwhile had no hint of its own: the listing was waiting already.
  if (before && !isSame(before.desired?.value, sent.value)) {
    await hint(sku, deps)
  }
}

/** A channel will not take a value, and somebody has to look. */
export async function refuse(
  { sku, reason, feed }: { readonly sku: string; readonly reason: string; readonly feed?: string },
  deps: AttributeDeps,
): Promise<void> {
  const { now: at } = aboutNow(deps)
  const refusal = { reason, at, ...(feed !== undefined && { feed }) }
  const before = await change(sku, (state) => refused(state, refusal), deps)
  deps.count({ name: 'PublishRefused', value: 1 })
  if (before?.dirtySince && !before.late) deps.count({ name: 'StageMissed' })
}

/** Decides on an attribute as it is now, and anew when somebody else was first. Returns it as it was before. */
async function change(
  sku: string,
  decide: (state: AttributeState) => AttributeState,
  { listings, seller, name }: AttributeDeps,
): Promise<AttributeState | undefined> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const [before] = await listings.find(listingsOf(seller.connection, [sku]), 'now')
    if (!before) return undefined
    const state = stateOf(before, name)
    const after = withStates(before, { [name]: decide(state) })
    if (after === before || (await listings.save(before, after))) return state
  }
  throw new Fault('a listing was changed by other writers twenty times in a row')
}

const hint = (sku: string, { again, seller }: AttributeDeps): Promise<void> =>
  again(JSON.stringify({ connection: seller.connection, sku }), 0)
