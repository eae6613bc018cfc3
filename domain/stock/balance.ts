import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { Thing } from '../../schemas/stored/cross-reference.ts'
import type { OrderState, OrderStock } from '../../schemas/stored/order-state.ts'
import { keyOf, namingAt } from '../cross-references/naming.ts'
import { applyConsequences } from '../order/apply-consequences.ts'
import { evolve } from '../order/evolve.ts'
import type { Policy } from '../order/policy.ts'
import type { CrossReferences, Stock, StockChanges } from '../ports.ts'
import { changesOf, leftIn } from './changes.ts'
import { asHeld } from './holding.ts'
import { netted } from './netting.ts'
import { isKept, isSettled, reconcile } from './reconcile.ts'

/** What is needed to keep orders and stock consistent. */
export interface StockDeps {
  readonly stock: Stock
  /** For the warehouses' SKUs and bundles. */
  readonly crossReferences: Pick<CrossReferences, 'find'>
}

interface Step {
  readonly before: OrderState
  readonly after: OrderState
  readonly at: Instant
}

interface Balanced {
  readonly after: OrderState
  readonly events: readonly OrderEvent[]
  readonly changes?: StockChanges
  /** One transaction could not hold everything; the next one continues. */
  readonly more?: boolean
}

/** Places that one transaction changes; DynamoDB allows 100 items, and the order needs some. */
const room = 80

/** Rounds of reserving and applying consequences: missing units may be cancelled, which changes what is needed. */
const rounds = 5

/**
 * Reconciles an order's reservations with what it needs after a step. The changes go into the step's own transaction
 * and are valid only if stock has not changed since it was read.
 */
export async function balanced(
  { before, after, at }: Step,
  policy: Policy,
  deps: StockDeps | undefined,
): Promise<Balanced> {
  const rules = policy.stock
  const wms = after.route?.wms
  if (!deps || !rules || !wms || rules.locationsOf(wms).length === 0) return { after, events: [] }
  if (isSettled(after, rules, at)) return { after, events: [] }

  const articles = await articlesOf(after, at, deps)
  const held = [before, after].flatMap(({ stock }) => stock?.reservations ?? [])
  const rows = await deps.stock.rows(everyArticle(after, held, articles), held)
  const had = before.stock?.reservations ?? []
  const leftAt = leftIn(before, after) ?? at
  const now = ({ stock }: OrderState) =>
    asHeld(rows, { before: had, now: stock?.reservations ?? [], leftAt })
  const events: OrderEvent[] = []
  let state = after
  let more = false
  for (let round = 0; round < rounds; round++) {
    const seen = { articles, rows: now(state), policy: rules, at, leftAt }
    const [steps, rest] = fitting(reconcile(state, seen))
    if (steps.length === 0) break
    more = rest
    const moved = steps.reduce((so, event) => evolve(so, event, at), state)
    const settled = applyConsequences(moved, at, policy)
    events.push(...steps, ...settled.events)
    state = settled.state
    if (more) break
  }
  const offers = netted(now(state), rules.locationsOf(wms))
  const changes = changesOf({ before, after: state, rows, offers, leftAt })
  return { after: state, events, more, ...(changes && { changes }) }
}

/** What fits into a transaction, and whether there is more. */
function fitting(events: readonly OrderEvent[]): readonly [readonly OrderEvent[], boolean] {
  let left = room
  let more = false
  const some = events.flatMap((event): readonly OrderEvent[] => {
    if (!('portions' in event)) return [event]
    const portions = event.portions.slice(0, Math.max(0, left))
    left -= portions.length
    more ||= portions.length < event.portions.length
    return portions.length === 0 ? [] : [{ ...event, portions }]
  })
  return [some, more]
}

/** The lines in the warehouse's current SKUs; a line keeps the SKUs with which it was first reserved. */
async function articlesOf(
  { lines, route, stock }: OrderState,
  at: Instant,
  { crossReferences }: StockDeps,
): Promise<OrderStock['articles']> {
  const kept = lines.filter(isKept)
  const known = (line: OrderState['lines'][number]) => {
    const found = stock?.articles[line.id]
    return found?.sku === line.sku ? found : undefined
  }
  const things = kept.flatMap((line): Thing[] =>
    known(line) || line.sku === undefined || !route
      ? []
      : [{ connection: route.wms, kind: 'sku', code: line.sku }],
  )
  const found = things.length === 0 ? [] : await crossReferences.find(things, 'lately')
  const namings = new Map(found.map((one) => [keyOf(one), namingAt(one, at)]))
  return Object.fromEntries(
    kept.flatMap((line) => {
      const { id, sku } = line
      if (sku === undefined || !route) return []
      const naming = namings.get(keyOf({ connection: route.wms, kind: 'sku', code: sku }))
      return [[id, known(line) ?? { sku, parts: partsOf(sku, naming) }]]
    }),
  )
}

function partsOf(sku: string, naming: ReturnType<typeof namingAt>) {
  if (!naming) return [{ sku, per: 1 }]
  if ('name' in naming) return [{ sku: naming.name, per: 1 }]
  return naming.components.map((part) => ({ sku: part.sku, per: part.quantity }))
}

/** All articles that the order holds or needs, at its current or former warehouse. */
function everyArticle(
  { route }: OrderState,
  held: OrderStock['reservations'],
  articles: OrderStock['articles'],
) {
  const wms = route?.wms
  const wanted = Object.values(articles).flatMap(({ parts }) =>
    wms ? parts.map(({ sku }) => ({ warehouse: wms, sku })) : [],
  )
  const all = [...wanted, ...held.map(({ warehouse, sku }) => ({ warehouse, sku }))]
  return [...new Map(all.map((one) => [`${one.warehouse} ${one.sku}`, one])).values()]
}
