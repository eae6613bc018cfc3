import type { StockTicket } from '../../schemas/messages/stock-hint.ts'
import type { Listing } from '../../schemas/stored/listing.ts'
import type { Guard } from '../effects/guard.ts'
import type { Failure } from '../failure.ts'
import { ok, type Result } from '../result.ts'
import { confirm, type RecordOutcomesDeps, refuse } from './record-outcomes.ts'
import { onItsWay, type PaceDeps, passTurn } from './request-pacer.ts'
import { listingsOf, type Seller } from './sellers.ts'
import type { Change, FeedResult, Selling } from './selling.ts'

export interface FeedDeps extends RecordOutcomesDeps, PaceDeps {
  readonly seller: Seller
  readonly selling: Selling
  readonly gate: Guard
}

interface About {
  readonly wanted: ReadonlyMap<string, Listing['wanted']>
  readonly deps: FeedDeps
}

/** What came of numbers that a channel only took is asked later: the ticket is a message until then. */
export async function keepFeed(
  { ticket, seconds }: { readonly ticket: string; readonly seconds: number },
  changes: readonly Change[],
  { wanted, deps }: About,
): Promise<void> {
  const told = changes.flatMap(({ sku, units }) => {
    const then = wanted.get(sku)
    return then ? [{ sku, units, at: then.at, sold: then.sold }] : []
  })
  const { connection } = deps.seller
  const message: StockTicket = { connection, ticket, sentAt: deps.clock().toISOString(), told }
  await deps.again(JSON.stringify(message), seconds)
}

/** Asks what came of numbers that were only taken; while nobody knows, later again. */
export async function readFeed(message: StockTicket, deps: FeedDeps): Promise<void> {
  const { ticket, told, sentAt } = message
  const passage = await deps.gate.enter()
  if (!passage.passes) return deps.again(JSON.stringify(message), passage.seconds)
  const asked: Result<FeedResult | undefined, Failure> = deps.selling.readFeed
    ? await deps.selling.readFeed(passage.account, ticket)
    : ok({ refused: [] })
  const settled = await passage.leave(asked)
  if (!settled.ok || !settled.value) {
    await deps.pace.give(onItsWay)
    await deps.again(JSON.stringify(message), 15)
    return
  }
  const now = deps.clock().toISOString()
  const passed = (Date.parse(now) - Date.parse(sentAt)) / 1000
  const left = (deps.selling.everySeconds ?? 0) - passed
  if (settled.value.isLost) return passTurn(deps.selling.everySeconds, deps)
  const reasons = new Map(settled.value.refused.map(({ sku, reason }) => [sku, reason]))
  const { connection } = deps.seller
  const known = await deps.listings.find(
    listingsOf(
      connection,
      told.map(({ sku }) => sku),
    ),
    'now',
  )
  const wanted = new Map(known.map((listing) => [listing.sku, listing.wanted]))
  await Promise.all(
    told.map(async ({ sku, units, at, sold }) => {
      const reason = reasons.get(sku)
      const current = wanted.get(sku)
      if (reason !== undefined) await refuse({ sku, reason }, now, deps)
      else if (current) await confirm(sku, { units, wanted: { ...current, units, at, sold } }, deps)
    }),
  )
  await passTurn(Math.max(0, Math.ceil(left)), deps)
}
