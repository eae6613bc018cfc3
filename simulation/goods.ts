import { skus } from '../local/demo/made-up-orders.ts'
import type { ResolvedSettings } from '../schemas/settings.ts'
import { articles } from './articles.ts'
import { between, type Draw, pick } from './draw.ts'
import type { StockWitness } from './stock-witness.ts'
import type { Story } from './story.ts'
import type { Vendor } from './vendors.ts'
import type { VirtualTime } from './virtual-time.ts'

/** Nobody counts it there: it sells without limit. */
const uncounted = new Map([['northern-hall', ['TOTE-CANVAS']]])

/** What lies at the annex, too. */
const atAnnex: ReadonlySet<string> = new Set(['MUG-STONE', 'SOAP-CEDAR'])

/** A place of the settings with the twin that works there. */
export interface Shelf {
  readonly location: string
  readonly code: string
  readonly wms: Vendor
  readonly sku: string
}

type What = 'goods in' | 'loss' | 'count' | 'more for all'

/** Something that happens to an article otherwise than by an order. */
interface Happening {
  readonly what: What
  readonly at: number
  readonly units: number
  /** Milliseconds until somebody tells Crossdock, for each time that they do. */
  readonly told: readonly number[]
}

export interface Goods {
  readonly shelves: readonly Shelf[]
  /** Those of which some got lost: what was promised of them may not be there. */
  readonly lost: ReadonlySet<string>
  /** When people have done and told everything. */
  readonly until: number
}

interface Given {
  readonly time: VirtualTime
  readonly draw: Draw
  readonly story: Story
  readonly stock: StockWitness
  /** Asks the Capability API; comes back with its status. */
  post(path: string, body: object, key: string): Promise<number>
}

interface Keeping {
  readonly settings: ResolvedSettings
  readonly vendors: readonly Vendor[]
  readonly span: Span
}

interface Span {
  readonly from: number
  readonly ms: number
}

const hour = 3_600_000

/** Fills shelves and shop windows, and lets people at the warehouses count, lose and receive goods, and tell of it as they do. */
export function keepGoods({ settings, vendors, span }: Keeping, given: Given): Goods {
  const shelves = shelvesIn(settings, vendors)
  const loses = given.draw('goods get lost') < 0.25
  let until = 0
  for (const shelf of shelves) {
    const lot = (what: string) => given.draw(`${what} of ${nameOf(shelf)}`)
    put(shelf, between(lot('units'), 0, shelf.location === 'annex' ? 2 : 3))
    report(shelf, given)
    for (const one of happenings(lot, span)) {
      until = Math.max(until, one.at + Math.max(0, ...one.told))
      if (one.what !== 'loss' || loses) given.time.at(one.at, () => happen(one, shelf, given))
    }
  }
  for (const { twin, connection } of vendors.filter(({ connection }) => connection.shows)) {
    const counts = skus.map((sku) => ({
      sku,
      onHand: between(given.draw(`${sku} in the window of ${connection.id}`), 0, 5),
    }))
    twin.takeStock?.(JSON.stringify({ counts }))
  }
  return { shelves, lost: new Set(loses ? shelves.map(({ sku }) => sku) : []), until }
}

const shelvesIn = ({ stock }: ResolvedSettings, vendors: readonly Vendor[]): readonly Shelf[] =>
  Object.entries(stock?.locations ?? {}).flatMap(([location, { warehouse, code }]) => {
    const wms = vendors.find(({ connection }) => connection.id === warehouse)
    if (!wms) return []
    return articles
      .filter((sku) => location !== 'annex' || atAnnex.has(sku))
      .filter((sku) => !uncounted.get(location)?.includes(sku))
      .map((sku): Shelf => ({ location, code, wms, sku }))
  })

export const nameOf = ({ sku, location }: Pick<Shelf, 'sku' | 'location'>): string =>
  `${sku} at ${location}`

function happenings(lot: (what: string) => number, { from, ms }: Span): readonly Happening[] {
  const one = (what: What, odds: number, units: number): Happening[] =>
    lot(what) < odds
      ? [{ what, units, at: from + Math.floor(lot(`moment of ${what}`) * ms), told: tellings(lot) }]
      : []
  const end = { at: from + ms + hour * (1 + lot('the end')), told: tellings(lot) }
  return [
    ...one('goods in', 0.5, between(lot('how many'), 1, 3)),
    ...one('count', 0.5, 0),
    ...one('count', 0.3, 0),
    ...one('loss', 0.3, 1),
    // Of some there never is enough: who waits for those waits on.
    ...(lot('enough') < 0.8 ? [{ what: 'more for all' as const, units: 30, ...end }] : []),
  ]
}

/** At once, hours later, twice, or never: then the next comparison finds it. */
function tellings(lot: (what: string) => number): readonly number[] {
  const late = () => Math.floor(lot('how late') ** 3 * 5 * hour)
  return pick([[0], [late()], [0, late()], [late(), late()], []], lot('telling'))
}

const happen = (one: Happening, shelf: Shelf, given: Given): void => {
  const { what, told } = one
  const before = onShelf(shelf)
  // Nobody loses what is being packed.
  const units =
    what === 'loss'
      ? -Math.min(one.units, Math.max(0, before.onHand - before.committed))
      : one.units
  if (what !== 'count') put(shelf, before.onHand + units)
  const { onHand } = onShelf(shelf)
  given.story.tell(`${what}: ${onHand} lie at ${shelf.location}`, { article: shelf.sku })
  if (what !== 'count' && units === 0) return
  const at = given.time.date().toISOString()
  const id = `${what} ${nameOf(shelf)}`
  const { sku, location, wms } = shelf
  given.stock.moved(
    `${location}#${id}`,
    { warehouse: wms.connection.id, sku, location },
    { at, units },
  )
  for (const [copy, ms] of told.entries()) {
    given.time.after(ms, () => {
      if (what === 'count') void tellCount({ shelf, at, onHand, key: `${id} ${at} ${copy}` }, given)
      else void tellMovement({ shelf, at, units, id, key: `${id} ${copy}` }, given)
    })
  }
}

interface Count {
  readonly shelf: Shelf
  readonly at: string
  readonly onHand: number
  readonly key: string
}

function tellCount({ shelf: { location, sku }, at, onHand, key }: Count, given: Given) {
  const body = { location, at, counts: [{ sku, onHand: Math.max(0, onHand) }] }
  return surely('/v1/stock/counts', { body, key, sku }, given)
}

interface Movement extends Omit<Count, 'onHand'> {
  readonly units: number
  readonly id: string
}

function tellMovement({ shelf: { location, sku }, at, units, id, key }: Movement, given: Given) {
  const kind = units < 0 ? 'adjustment' : 'receipt'
  const body = { location, movements: [{ kind, id, at, sku, quantity: units }] }
  return surely('/v1/stock/movements', { body, key, sku }, given)
}

/** What lies there at the beginning is told at once. */
const report = (shelf: Shelf, given: Given): void =>
  given.time.after(1000, () => {
    const at = given.time.date().toISOString()
    const { onHand } = onShelf(shelf)
    void tellCount({ shelf, at, onHand, key: `first ${nameOf(shelf)}` }, given)
  })

interface Telling {
  readonly body: object
  readonly key: string
  readonly sku: string
}

/** People press the button until it works, with the same key. */
async function surely(path: string, { body, key, sku }: Telling, given: Given): Promise<void> {
  const { time, story, post } = given
  for (let tries = 0; tries < 40; tries++) {
    const status = await post(path, body, key)
    if (status < 500 && status !== 429) {
      story.tell(`people tell ${JSON.stringify(body)}: ${status}`, { article: sku })
      return
    }
    await new Promise<void>((resolve) => time.after(30_000, resolve))
  }
}

/** What the twin has, and what of it shipments have. */
export function onShelf({ wms, code, sku }: Omit<Shelf, 'location'>): {
  readonly onHand: number
  readonly committed: number
} {
  const goods = Object(wms.documents.get('inventory', sku))
  return { onHand: 0, committed: 0, ...Object(goods.places)[code] }
}

const put = ({ wms, code, sku }: Shelf, onHand: number): void => {
  wms.twin.takeStock?.(JSON.stringify({ counts: [{ sku, onHand, location: code }] }))
}
