import type { StockMovement } from '../../schemas/api/stock.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { namingAt } from '../cross-references/naming.ts'
import type { CrossReferences } from '../ports.ts'
import { type ArticleMovement, applyMovement, type CountingDeps, nameAt } from './counting.ts'
import type { Location } from './places.ts'

export interface MovingDeps extends CountingDeps {
  /** For the warehouses' SKUs and bundles. */
  readonly crossReferences: Pick<CrossReferences, 'find'>
}

/** The effect of one unit on units on hand and on quarantined units. */
interface Vector {
  readonly onHand: -1 | 0 | 1
  readonly quarantined: -1 | 0 | 1
}

type Kind = Exclude<StockMovement['kind'], 'return'>
type Disposition = Extract<StockMovement, { kind: 'return' }>['disposition']

const came = { onHand: 1, quarantined: 0 } as const
const cameUnsellable = { onHand: 1, quarantined: 1 } as const

const vectors: Readonly<Record<Kind, Vector>> = {
  receipt: came,
  adjustment: came,
  'transfer-in': came,
  'transfer-out': { onHand: -1, quarantined: 0 },
  quarantine: { onHand: 0, quarantined: 1 },
  release: { onHand: 0, quarantined: -1 },
  'write-off': { onHand: -1, quarantined: -1 },
}

const returned: Readonly<Record<Disposition, Vector>> = {
  restock: came,
  quarantine: cameUnsellable,
  damaged: cameUnsellable,
}

interface Applied {
  readonly moved: number
  readonly known: number
  /** Indexes of movements whose id was used for something else; they were ignored. */
  readonly contradicted: readonly number[]
}

/** Applies movements of a location, each once. */
export async function applyMovements(
  location: Location,
  movements: readonly StockMovement[],
  deps: MovingDeps,
): Promise<Applied> {
  const ends: ('done' | 'known' | 'other')[] = []
  // One after another in their source's order; concurrent ones of one article would only conflict.
  for (const movement of movements) ends.push(await applyWhole(location, movement, deps))
  return {
    moved: ends.filter((end) => end === 'done').length,
    known: ends.filter((end) => end === 'known').length,
    contradicted: ends.flatMap((end, n) => (end === 'other' ? [n] : [])),
  }
}

async function applyWhole(
  location: Location,
  movement: StockMovement,
  deps: MovingDeps,
): Promise<'done' | 'known' | 'other'> {
  const content = contentOf(movement)
  if (movement.sku === undefined) {
    // Components have ids of their own, so the id of the whole is stored first.
    const step = { id: nameAt(location, movement.id), content, rows: [] }
    if ((await deps.book.save(step)) === 'other') return 'other'
  }
  const parts = await partsOf(location, movement, deps)
  const ends = []
  for (const part of parts) ends.push(await applyMovement(location, { ...part, content }, deps))
  if (ends.includes('other')) return 'other'
  return ends.includes('done') ? 'done' : 'known'
}

/** What a movement's id stands for, without its time: some sources state when they report it. */
function contentOf(movement: StockMovement): string {
  const { kind, quantity, sku } = movement
  const returned = kind === 'return' ? ` (${movement.disposition})` : ''
  const what =
    sku === undefined && kind === 'return' ? `channel SKU ${movement.channelSku}` : `SKU ${sku}`
  return `${kind}${returned} of ${quantity}, ${what}`
}

/** The articles of a movement: a channel's SKU may be a bundle. */
async function partsOf(
  { warehouse }: Location,
  movement: StockMovement,
  { crossReferences }: MovingDeps,
): Promise<readonly ArticleMovement[]> {
  const { id, at, quantity } = movement
  const by = movement.kind === 'return' ? returned[movement.disposition] : vectors[movement.kind]
  const told = (sku: string, per: number, name: string): ArticleMovement => ({
    id: name,
    sku,
    at,
    onHand: by.onHand * quantity * per,
    quarantined: by.quarantined * quantity * per,
  })
  if (movement.sku !== undefined) return [told(movement.sku, 1, id)]
  const code = movement.kind === 'return' ? (movement.channelSku ?? '') : ''
  const [known] = await crossReferences.find([{ connection: warehouse, kind: 'sku', code }], 'now')
  const parts = articlesIn(known && namingAt(known, at as Instant), code)
  return parts.map(({ sku, quantity: per }) => told(sku, per, `${id}#${sku}`))
}

const articlesIn = (
  naming: ReturnType<typeof namingAt>,
  code: string,
): readonly { readonly sku: string; readonly quantity: number }[] => {
  if (!naming) return [{ sku: code, quantity: 1 }]
  return 'name' in naming ? [{ sku: naming.name, quantity: 1 }] : naming.components
}
