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

/** The names that one connection uses for an order. */
export interface CodeMap {
  readonly names: Names
  /** By ledger line: the components of a bundle that the connection does not know as a whole. */
  readonly components: ReadonlyMap<string, NonNullable<Subject['lines'][number]['components']>>
  /** Lines whose name differs from their SKU. */
  readonly called: readonly Called[]
  /** Codes without a name, where the settings require one. */
  readonly misses: readonly Thing[]
}

export interface CodeMapDeps {
  readonly crossReferences: CrossReferences
  readonly account: Pick<Account, 'connection'>
  /** Kinds for which this connection requires a name. */
  readonly namesRequired: NamesRequired
}

type Told = Pick<LedgerLine, 'id' | 'sku' | 'called'>

interface About {
  readonly effect: EffectName
  readonly subject: Pick<Subject, 'order' | 'lines' | 'shipment'>
  readonly lines: readonly Told[]
  /** The time of the request decides which names are valid: an order that waited for a name gets it. */
  readonly at: Instant
}

/** Looks up all the names that an effect needs in one batch; a missing name is read again with strong consistency. */
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

/** The subject with the connection's names. */
export const mapCodes = ({ names, components }: CodeMap, subject: Subject): Subject => ({
  ...subject,
  names,
  lines: subject.lines.map((line) => {
    const parts = components.get(line.id)
    return parts ? { ...line, components: parts } : line
  }),
})

/** Those of the things that have a name now. */
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

/** If a line had another name before, its SKU is recorded as its new name. */
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
