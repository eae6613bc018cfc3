import type { Instant } from '../../schemas/canonical/instant.ts'
import type { CrossReference, Naming, Thing } from '../../schemas/stored/cross-reference.ts'
import type { Addition } from '../ports.ts'

/** One key for a thing; connections and kinds contain no `#`. */
export const keyOf = ({ connection, kind, code }: Thing): string => `${connection}#${kind}#${code}`

/** The name of a thing at an instant; `undefined` before its first name. */
export const namingAt = (
  { names }: Pick<CrossReference, 'names'>,
  at: Instant,
): Naming | undefined => names.findLast(({ from }) => from <= at)

/** Older names are only history; current and future names are the last ones. */
const kept = 100

/**
 * The names merged with those of a file. Of two names from the same instant, the file's wins. Files that state their
 * instants lead to the same result in any order. If nothing changes, the same object is returned.
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

/** Whether two namings are equal apart from their start; the order of components does not matter. */
const isSame = (a: Naming, b: Naming): boolean => saying(a) === saying(b)

const saying = (naming: Naming): string =>
  'name' in naming
    ? JSON.stringify(naming.name)
    : JSON.stringify(naming.components.map(({ sku, quantity }) => [sku, quantity]).toSorted())

/** The things that get a name valid at an instant. */
export const namedBy = (additions: readonly Addition[], moment: Instant): readonly Thing[] =>
  additions.filter(({ told }) => told.some(({ naming }) => naming.from <= moment))
