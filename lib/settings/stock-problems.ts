import { connectors } from '../../connectors/index.ts'
import type { Connection, Settings } from '../../schemas/settings.ts'
import { capabilityProblems, type Named } from './capability-problems.ts'
import { oneOf, type Problem } from './settings-problem.ts'

type Known = Pick<Connection, 'id' | 'connector' | 'capabilities' | 'sells' | 'own'>

interface Connections {
  readonly connections: readonly Known[]
  /** Those too with which something else is wrong. */
  readonly named: readonly Named[]
}

/** What is wrong with where stock lies, who counts it and who sells it. */
export function stockProblems({ stock }: Settings, { connections, named }: Connections): Problem[] {
  const locations = Object.entries(stock?.locations ?? {})
  return [
    ...locations.flatMap(([name, { warehouse, count }]) => [
      ...capabilityProblems(['stock', 'locations', name, 'warehouse'], warehouse, {
        connections: named,
        needs: ['fulfilment'],
      }),
      ...(count?.from
        ? capabilityProblems(['stock', 'locations', name, 'count', 'from'], count.from, {
            connections: named,
            needs: ['fulfilment', 'accounting'],
          })
        : []),
    ]),
    ...codesTwice(locations),
    ...locations.flatMap((location) => countProblems(location, connections)),
    ...(stock ? connections.flatMap(sellingProblems) : []),
    ...connections.flatMap(({ id, sells }) =>
      (sells?.locations ?? []).flatMap((name, index) => {
        const names = locations.map(([known]) => known)
        if (names.includes(name)) return []
        const what = `there is no location "${name}"; write one of ${oneOf(names)}`
        return [{ path: ['connections', id, 'sells', 'locations', index], what }]
      }),
    ),
  ]
}

/** A publishing channel may need to know its location. */
function sellingProblems({ id, connector, sells, own }: Known): Problem[] {
  const listings = connectors.find((each) => each.id === connector)?.listings
  const problem = sells?.publish ? listings?.problem?.(own) : undefined
  if (!problem) return []
  const what = `${problem.what}; or set \`sells.publish\` to false`
  return [{ path: ['connections', id, problem.field], what }]
}

type Location = NonNullable<Settings['stock']>['locations'][string]

/** Not every system can be asked for counts, and none for those of a place whose code it cannot have. */
function countProblems(
  [name, { warehouse, code, count }]: readonly [string, Location],
  connections: readonly Known[],
): Problem[] {
  if (!count) return []
  const path = ['stock', 'locations', name, 'count']
  const from = connections.find(({ id }) => id === (count.from ?? warehouse))
  const connector = connectors.find(({ id }) => id === from?.connector)
  if (!connector) return []
  if (!connector.counts) {
    const what = `${connector.title} cannot report counts; remove \`count\` and send counts by file or API, or name another system in \`from\``
    return [{ path, what }]
  }
  const what = connector.counts.problem?.(count.code ?? code)
  if (what === undefined) return []
  return [
    {
      path: count.code === undefined ? ['stock', 'locations', name, 'code'] : [...path, 'code'],
      what,
    },
  ]
}

/** A parcel or a count names its location by the warehouse's code, so that two cannot have one. */
function codesTwice(locations: readonly (readonly [string, Location])[]): Problem[] {
  return locations.flatMap(([name, { warehouse, code }], index) => {
    const same = locations
      .slice(0, index)
      .find(([, other]) => other.warehouse === warehouse && other.code === code)
    if (!same) return []
    const what = `location "${same[0]}" of ${warehouse} has the same code "${code}"; write another`
    return [{ path: ['stock', 'locations', name, 'code'], what }]
  })
}
