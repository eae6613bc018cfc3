import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  type Connector,
  capabilitiesOf,
  capabilityNames,
  effectsOf,
} from '../../connectors/contract.ts'
import { connectors as registered } from '../../connectors/index.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import {
  ConnectionSettings,
  SellingTerms,
  Settings,
  SweepSettings,
} from '../../schemas/settings.ts'
import { listingsQueueName } from '../constructs/queue-name.ts'
import type { DeployedConnection, Deployment } from '../deployment.ts'
import { withRetention } from '../retention.ts'
import { accountsTwice } from './account-problems.ts'
import type { Named } from './capability-problems.ts'
import { faultIn } from './json-fault.ts'
import { nameProblems } from './name-problems.ts'
import { networkOf, networkProblems } from './network-problems.ts'
import { routeProblems } from './route-problems.ts'
import { looksSecret, oneOf, type Problem, problemsOf, sayPath } from './settings-problem.ts'
import { stockProblems } from './stock-problems.ts'

/** Everything wrong with an environment's settings, a line each. */
export class SettingsError extends Error {}

const root = join(import.meta.dirname, '../..')

/** Reads `settings/<environment>.json`; throws one SettingsError that names everything wrong in it. */
export function readSettings(
  environment: string,
  folder = join(root, 'settings'),
  connectors: readonly Connector[] = registered,
): Deployment {
  const file = join(folder, `${environment}.json`)
  if (!existsSync(file)) {
    throw new SettingsError(
      `settings/${environment}.json does not exist; create it, or choose ${oneOf(environmentsIn(folder))}`,
    )
  }
  return parseSettings(readFileSync(file, 'utf8'), environment, connectors)
}

/** The same for a text. */
export function parseSettings(
  given: string,
  environment: string,
  connectors: readonly Connector[] = registered,
): Deployment {
  const file = `settings/${environment}.json`
  // Some editors begin a file with a byte order mark.
  const text = given.replace(/^\uFEFF/, '')
  const fault = faultIn(text)
  if (fault)
    throw new SettingsError(`${file}: line ${fault.line}, column ${fault.column}: ${fault.what}`)

  const document: unknown = JSON.parse(text)
  const problems: Problem[] = []
  const frame = Settings.safeParse(document)
  if (!frame.success) problems.push(...problemsOf(frame.error, document, Settings))

  const connections = Object.entries(connectionsIn(document)).flatMap(([id, written]) =>
    toConnection(id, written, { environment, connectors, problems }),
  )
  if (frame.success) {
    if (frame.data.environment !== environment) {
      problems.push({
        path: ['environment'],
        what: `"${frame.data.environment}" is not the name of this file; write "${environment}"`,
      })
    }
    const named = withFaulty(connections, Object.keys(frame.data.connections))
    problems.push(...routeProblems(frame.data.routes, named))
    problems.push(...stockProblems(frame.data, { connections, named }))
    problems.push(...nameProblems(Object.keys(frame.data.connections)))
    problems.push(...accountsTwice(connections, connectors))
  }
  if (problems.length > 0 || !frame.success) {
    throw new SettingsError(
      problems
        .map(({ path, what }) =>
          [file, ...(path.length > 0 ? [sayPath(path)] : []), what].join(': '),
        )
        .join('\n'),
    )
  }

  const { $schema, connections: _, ...rest } = frame.data
  const kept = withRetention(connections, rest.keep)
  return { ...rest, connections: kept, bundles: join(root, 'dist', environment) }
}

interface Reading {
  readonly environment: string
  readonly connectors: readonly Connector[]
  readonly problems: Problem[]
}

/** One connection, or none when something is wrong with it that `problems` now says. */
function toConnection(
  id: string,
  written: unknown,
  { environment, connectors, problems }: Reading,
): DeployedConnection[] {
  const path = ['connections', id]
  const vendor = id.split('/')[0] ?? ''
  const connector = connectors.find((each) => each.id === vendor)
  if (!connector) {
    const known = connectors.map((each) => each.id)
    problems.push({ path, what: `there is no connector "${vendor}"; write one of ${oneOf(known)}` })
    return []
  }

  const secrets = secretsIn(written, path)
  if (secrets.length > 0) {
    const name = `crossdock/${environment}/${id}`
    problems.push(
      ...secrets.map((secret) => ({
        path: secret,
        what: `looks like a secret, which now everyone who read this file knows: replace it at the vendor, store the new one in Secrets Manager as ${name}, and leave it out here`,
      })),
    )
    return []
  }

  const frame = ConnectionSettings.safeParse(written)
  const { frameFields, ownFields } = apart(written)
  const schema = connector.settings.strict()
  const own = schema.safeParse(ownFields)
  if (!own.success) {
    const known = [
      ...Object.keys(connector.settings.shape),
      ...Object.keys(ConnectionSettings.shape),
    ]
    problems.push(...problemsOf(own.error, ownFields, schema, known).map(below(path)))
  }
  if ('sweep' in frameFields && !connector.sweep) {
    problems.push({
      path: [...path, 'sweep'],
      what: `${connector.title} cannot be polled; remove it`,
    })
  }
  if (!connector.orders) {
    const what = `${connector.title} does not sell; remove it`
    const fields = ['sells', 'peopleDays'].filter((field) => field in frameFields)
    problems.push(...fields.map((field) => ({ path: [...path, field], what })))
  }
  if (frame.success) problems.push(...networkProblems(frame.data, connector).map(below(path)))
  if (!frame.success || !own.success) return []

  const network = networkOf(frame.data)

  const {
    secret,
    sweep,
    maxConcurrency,
    testOrders,
    unpaidOrders,
    timeoutSeconds,
    crossReferences,
    expectedOrderIntervalMinutes,
    sells,
    peopleDays,
  } = frame.data
  const capabilities = capabilitiesOf(connector, own.data)
  // The frame's record checks it; a wrong one is among the problems.
  const connectionId = id as ConnectionId
  const { orders, listings } = capabilities
  return [
    {
      id: connectionId,
      connector: connector.id,
      capabilities: capabilityNames(capabilities),
      secret: secret ?? `crossdock/${environment}/${id}`,
      hosts: connector.hosts(own.data),
      maxConcurrency: maxConcurrency ?? connector.maxConcurrency,
      timeoutSeconds,
      ...(network && { network }),
      ...(connector.sweep && { sweep: sweep ?? SweepSettings.parse({}) }),
      testOrders,
      unpaidOrders,
      // The keys of an effects table are its effects' names, which `Object.keys` forgets.
      effects: Object.keys(effectsOf(capabilities)) as EffectName[],
      crossReferences,
      ...(orders && { sells: sells ?? SellingTerms.parse({}) }),
      ...(listings && {
        shows: listings.attributes.quantity.semantics,
        listingsQueue: listingsQueueName(environment, connectionId),
      }),
      peopleDays: Math.min(peopleDays ?? longest, orders?.peopleDays ?? longest),
      rawDays: longest,
      own: own.data,
      webhooks: connector.topics.length > 0,
      ...(orders?.submissions && { submits: true }),
      ...(connector.reports && { reports: true }),
      expectedOrderIntervalMinutes,
    },
  ]
}

/** Days; more than any setting allows, until `keep` is known. */
const longest = 3650

/** Including invalid ones, so that they are not reported as missing. */
const withFaulty = (
  connections: readonly DeployedConnection[],
  written: readonly string[],
): readonly Named[] => [
  ...connections,
  ...written
    .filter((id) => !connections.some((connection) => connection.id === id))
    .map((id) => ({ id: ConnectionId.parse(id) })),
]

const frameKeys = new Set(Object.keys(ConnectionSettings.shape))

function apart(written: unknown): {
  frameFields: Record<string, unknown>
  ownFields: Record<string, unknown>
} {
  const entries = Object.entries(isRecord(written) ? written : {})
  return {
    frameFields: Object.fromEntries(entries.filter(([key]) => frameKeys.has(key))),
    ownFields: Object.fromEntries(entries.filter(([key]) => !frameKeys.has(key))),
  }
}

function secretsIn(value: unknown, path: Problem['path']): Problem['path'][] {
  if (typeof value === 'string') return looksSecret(value) ? [path] : []
  if (Array.isArray(value)) return value.flatMap((each, i) => secretsIn(each, [...path, i]))
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, each]) => secretsIn(each, [...path, key]))
}

const connectionsIn = (document: unknown): Record<string, unknown> =>
  isRecord(document) && isRecord(document['connections']) ? document['connections'] : {}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const below =
  (path: Problem['path']) =>
  (problem: Problem): Problem => ({ ...problem, path: [...path, ...problem.path] })

const environmentsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !file.endsWith('.schema.json'))
    .map((file) => basename(file, '.json'))
    .toSorted()
