import type { Instant } from '../../schemas/canonical/instant.ts'
import type { CrossReference, Naming, Thing } from '../../schemas/stored/cross-reference.ts'
import type { Addition } from '../ports.ts'

/** One key for a thing: connections and kinds hold no `#`, so nothing else has it. */
export const keyOf = ({ connection, kind, code }: Thing): string => `${connection}#${kind}#${code}`

/** What a thing is called at a moment; `undefined` before its first name. */
export const namingAt = (
  { names }: Pick<CrossReference, 'names'>,
  at: Instant,
): Naming | undefined => names.findLast(({ from }) => from <= at)

/** More would only be history; what is in force and what is to come are the last. */
const kept = 100

/**
 * The names with those of a file: of two from the same moment the file's holds. Files that name their moments lead to
 * the same whatever order they come in, and the same file a second time changes nothing: the same object comes back.
 */
export function merged(names: readonly Naming[], told: Addition['told']): readonly Naming[] {
  let known = names
  for (const { naming, now } of told) {
    const inForce = now ? namingAt({ names: [...known] }, naming.from) : at(known, naming.from)
    if (inForce && isSame(inForce, naming)) continue
    const others = known.filter(({ from }) => from !== naming.from)
    known = [...others, naming].toSorted((a, b) => (a.from < b.from ? -1 : 1)).slice(-kept)
  }
  return known
}

const at = (names: readonly Naming[], moment: Instant): Naming | undefined =>
  names.find(({ from }) => from === moment)

/** Whether two namings say the same, whenever they begin; a bundle's parts have no order. */
const isSame = (a: Naming, b: Naming): boolean => saying(a) === saying(b)

const saying = (naming: Naming): string =>
  'name' in naming
    ? JSON.stringify(naming.name)
    : JSON.stringify(naming.components.map(({ sku, quantity }) => [sku, quantity]).toSorted())

/** The things that additions give a name that holds at a moment. */
export const namedBy = (additions: readonly Addition[], moment: Instant): readonly Thing[] =>
  additions.filter(({ told }) => told.some(({ naming }) => naming.from <= moment))
