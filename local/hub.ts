import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { readSettings } from '../platform/wiring/settings.ts'
import type { Connection, ResolvedSettings } from '../schemas/settings.ts'
import { overhear } from '../twins/host/overhear.ts'
import type { RealSystem } from '../twins/host/real-system.ts'
import { TwinHost } from '../twins/host/twin-host.ts'
import { type Cloud, startCloud } from './cloud/cloud.ts'
import type { Faults } from './cloud/faults.ts'
import type { Happening } from './cloud/happening.ts'
import { type LedgerReader, ledgerReader } from './demo/ledger-reader.ts'
import { onlyHere } from './only-here.ts'

export interface Hub {
  readonly cloud: Cloud
  readonly settings: ResolvedSettings
  readonly twins: TwinHost
  readonly ledger: LedgerReader
  /** Where a connection's webhooks are taken. */
  webhookUrl(connection: string): string
  /** Ends the cloud as it stands and starts it again on its data, at the same addresses; the vendors go on meanwhile. */
  restart(): Promise<void>
  close(): Promise<void>
}

interface HubOptions {
  readonly root: string
  readonly assembly: string
  readonly port: number
  readonly dataDir?: string | undefined
  readonly timeScale?: number
  readonly faults?: Faults | undefined
  /** Systems that answer in the place of their connections' twins. @default none */
  readonly real?: readonly RealSystem[]
  readonly observe: (happening: Happening) => void
}

/** Where synthesis laid the settings of the demo. */
export const settingsFolder = (root: string): string =>
  join(root, 'dist', 'demo', 'receive-webhook')

/** Crossdock on a laptop: the synthesized stacks on the laptop's cloud, and a twin for every connection. */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { root, dataDir, real = [], observe } = options
  const settings = readSettings(settingsFolder(root))
  const alone = dataDir === undefined ? undefined : await onlyHere(dataDir)
  let address = ''
  const twins = await TwinHost.open({
    connections: settings.connections,
    hub: () => address,
    dataDir,
    real,
    complain: (message) => observe({ kind: 'trouble', where: 'a real system', message }),
  })
  let cloud = await bootCloud(options, twins).catch((error: unknown) => {
    twins.close()
    alone?.release()
    throw error
  })
  address = cloud.apiUrl
  let restarted = Promise.resolve()
  return {
    get cloud() {
      return cloud
    },
    settings,
    twins,
    ledger: ledgerReader(operatorOf(cloud), tableOf(cloud, 'Ledger')),
    webhookUrl: (connection) => `${cloud.apiUrl}/webhooks/${connection}`,
    restart() {
      restarted = restarted.then(async () => {
        const ports = { port: portOf(cloud.apiUrl), awsPort: portOf(cloud.awsUrl) }
        await cloud.close()
        cloud = await bootCloud({ ...options, ...ports }, twins)
      })
      return restarted
    },
    async close() {
      twins.close()
      await restarted
      await cloud.close()
      alone?.release()
    },
  }
}

const portOf = (url: string): number => Number(new URL(url).port)

const bootCloud = (
  { root: _, real: __, dataDir, faults, ...options }: HubOptions & { readonly awsPort?: number },
  twins: TwinHost,
): Promise<Cloud> =>
  startCloud({
    ...options,
    ...(dataDir !== undefined && { dataDir }),
    ...(faults && { faults }),
    secrets: Object.fromEntries([
      ...twins.all.map(({ connection, twin }) => secretOf(connection, twin)),
      ...twins.real.map((real) => secretOf(real.connection, real)),
    ]),
    lambdaEnvironment: { CROSSDOCK_TWINS: JSON.stringify(standIns(twins)) },
    mounts: overhear(twins),
    lambdaPreloads: [join(import.meta.dirname, '../twins/host/twins-as-hosts.mjs')],
  })

const secretOf = ({ secret: name }: Connection, { secret }: Pick<RealSystem, 'secret'>) => [
  name,
  JSON.stringify(secret),
]

/** The vendors' hosts, and what answers in their place. */
const standIns = (twins: TwinHost): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...twins.all, ...twins.real].flatMap(({ connection }) =>
      connection.hosts.map((host) => [host, twins.urlOf(connection.id)]),
    ),
  )

/** The AWS SDK on the laptop's cloud, with the credentials of somebody who may do everything. */
const operatorOf = ({ awsUrl, region, operator }: Cloud): DynamoDBClient =>
  new DynamoDBClient({
    endpoint: awsUrl,
    region,
    credentials: operator,
  })

/** The one in service: a restored table's name is that of the first and a suffix. */
function tableOf(cloud: Cloud, name: string): string {
  const tables = cloud
    .resources()
    .filter(({ type }) => type === 'AWS::DynamoDB::GlobalTable')
    .map((table) => table.name)
  const table = tables
    .filter((each) => each.includes(`-${name}`))
    .toSorted()
    .at(-1)
  if (!table) throw new Error(`the stacks have no table ${name}`)
  return table
}
