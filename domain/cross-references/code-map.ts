import type { Instant } from '../../schemas/canonical/instant.ts'
import type { NameKind } from '../../schemas/canonical/name-kind.ts'
import type { Called, EffectName } from '../../schemas/events/order-event.ts'
import type { NamesRequired } from '../../schemas/settings.ts'
import type { CrossReference, Naming, Thing } from '../../schemas/stored/cross-reference.ts'
import type { LedgerLine } from '../../schemas/stored/order-state.ts'
import type { Account } from '../account.ts'
import { effectCatalogue } from '../effects/catalogue.ts'
import type { Names, Subject } from '../effects/effect.ts'
import type { CrossReferences } from '../ports.ts'
import { keyOf, namingAt } from './naming.ts'
import { type Wanted, wantedBy } from './wanted.ts'

/** How one connection speaks of one order. */
export interface CodeMap {
  readonly names: Names
  /** By ledger line, the parts of a bundle that the connection does not know as a whole. */
  readonly components: ReadonlyMap<string, NonNullable<Subject['lines'][number]['components']>>
  /** What it is told of lines, where that is not their SKU. */
  readonly called: readonly Called[]
  /** Codes without a name, where the settings ask for one. */
  readonly misses: readonly Thing[]
}

export interface CodeMapDeps {
  readonly crossReferences: CrossReferences
  readonly account: Pick<Account, 'connection'>
  /** Kinds whose codes mean nothing to this connection. */
  readonly namesRequired: NamesRequired
}

type Told = Pick<LedgerLine, 'id' | 'sku' | 'called'>

interface About {
  readonly effect: EffectName
  readonly subject: Pick<Subject, 'order' | 'lines' | 'shipment'>
  readonly lines: readonly Told[]
  /** Names are those of the moment at which the system is told: an order that waited for a name gets it. */
  readonly at: Instant
}

/** Looks up all the names that an effect needs, at once; a code that seems to lack one is looked up a second time, surely. */
export async function codeMapOf(
  { effect, subject, lines, at }: About,
  deps: CodeMapDeps,
): Promise<CodeMap> {
  const { connection } = deps.account
  const wanted = wantedBy(effectCatalogue[effect].codes ?? [], subject)
  const things = wanted.map(({ kind, code }): Thing => ({ connection, kind, code }))
  const known = namingsIn(await deps.crossReferences.find(things, 'lately'), at)
  const mandatory = wanted.filter(
    ({ kind, needed }) => needed && deps.namesRequired[kind] === 'required',
  )
  const unsure = withoutName(mandatory, connection, known)
  const sure = unsure.length > 0 ? await deps.crossReferences.find(unsure, 'now') : []
  const namings = new Map([...known, ...namingsIn(sure, at)])

  const naming = (kind: NameKind, code: string): Naming | undefined =>
    namings.get(keyOf({ connection, kind, code }))
  return {
    names: (kind, code) => nameIn(naming(kind, code)) ?? code,
    components: new Map(
      subject.order.lines.flatMap(({ id, sku = '' }) => {
        const found = naming('sku', sku)
        return found && 'components' in found ? [[id, found.components] as const] : []
      }),
    ),
    called: calledBy(lines, naming),
    misses: withoutName(mandatory, connection, namings),
  }
}

/** The subject in the words of its connection. */
export const mapCodes = ({ names, components }: CodeMap, subject: Subject): Subject => ({
  ...subject,
  names,
  lines: subject.lines.map((line) => {
    const parts = components.get(line.id)
    return parts ? { ...line, components: parts } : line
  }),
})

/** Those of some things that have a name by now. */
export async function namedNow(
  things: readonly Thing[],
  at: Instant,
  { crossReferences }: Pick<CodeMapDeps, 'crossReferences'>,
): Promise<readonly Thing[]> {
  const namings = namingsIn(await crossReferences.find(things, 'now'), at)
  return things.filter((thing) => namings.has(keyOf(thing)))
}

const namingsIn = (references: readonly CrossReference[], at: Instant): Map<string, Naming> =>
  new Map(
    references.flatMap((reference) => {
      const naming = namingAt(reference, at)
      return naming ? [[keyOf(reference), naming] as const] : []
    }),
  )

const withoutName = (
  wanted: readonly Wanted[],
  connection: Thing['connection'],
  namings: ReadonlyMap<string, Naming>,
): readonly Thing[] =>
  wanted
    .map(({ kind, code }): Thing => ({ connection, kind, code }))
    .filter((thing) => !namings.has(keyOf(thing)))

const nameIn = (naming: Naming | undefined): string | undefined =>
  naming && 'name' in naming ? naming.name : undefined

/** A line that was called something else before is said to be called by its SKU again. */
function calledBy(
  lines: readonly Told[],
  naming: (kind: NameKind, code: string) => Naming | undefined,
): readonly Called[] {
  return lines.flatMap(({ id, sku, called }): Called[] => {
    const there = sku === undefined ? undefined : naming('sku', sku)
    if (there && 'components' in there) return [{ id, components: there.components }]
    if (there && there.name !== sku) return [{ id, sku: there.name }]
    return called ? [{ id }] : []
  })
}
