import type { Context } from 'aws-lambda'
import { connectors } from '../../connectors/index.ts'
import { Fault } from '../../domain/fault.ts'
import type { Location } from '../../domain/stock/places.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoCountMarks } from '../../platform/dynamodb/count-marks.ts'
import { awsSecrets } from '../../platform/secrets/secrets.ts'
import { logger } from '../../platform/telemetry/logger.ts'
import { measureDrift } from '../../platform/telemetry/measure-drift.ts'
import { namespaceOf } from '../../platform/telemetry/metrics.ts'
import { openAccount } from '../../platform/wiring/account.ts'
import { countingDeps } from '../../platform/wiring/counting-deps.ts'
import { openGuard } from '../../platform/wiring/open-guard.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { connectionOf, readSettings } from '../../platform/wiring/settings.ts'
import type { CompareStockDeps } from './compare-stock.ts'
import { Env } from './env.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()
const location = locationOf(env.LOCATION)
const { warehouse, code, count } = location
const connection = connectionOf(settings, count?.from ?? warehouse)
const counts = connectors.find(({ id }) => id === connection.connector)?.counts
if (!counts) throw new Fault(`${connection.id} cannot report counts`)

const namespace = namespaceOf(settings)
const means = { client, secrets: awsSecrets(), cursorsTable: env.CURSORS_TABLE, namespace }

const deps: Omit<CompareStockDeps, 'left'> = {
  ...countingDeps(client, env.STOCK_TABLE, settings),
  location,
  code: count?.code ?? code,
  counts,
  gate: openGuard(connection, openAccount(connection, means), means),
  runs: dynamoCountMarks(client, env.STOCK_TABLE).runs(location.name),
  clock: () => new Date(),
  measure: measureDrift(namespace),
  log: (message, fields) => logger.info(message, fields),
}

export const depsFor = (context: Context): CompareStockDeps => ({
  ...deps,
  left: () => context.getRemainingTimeInMillis(),
})

function locationOf(name: string): Location {
  const found = settings.stock?.locations[name]
  if (!found)
    throw new Fault(`no location "${name}" in settings.json; deploy stacks and functions together`)
  return { name, ...found }
}
