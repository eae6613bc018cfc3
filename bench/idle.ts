import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Deployment } from '../lib/deployment.ts'
import type { Template } from '../lib/rules.ts'
import { parseSettings } from '../lib/settings/settings.ts'
import { templatesOf } from '../lib/templates.ts'
import { priceList } from '../local/demo/price-list.ts'
import type { Figure } from './figure.ts'

/** Something that AWS bills whether orders come or not. */
interface IdlePart {
  readonly name: string
  /** A month. */
  readonly dollars: number
  readonly how: string
}

/** Dollars a month for one, at us-east-1's list of 2026-11-21, no free tier and no discount. */
const monthly = { alarmMetric: 0.1, compositeAlarm: 0.5, dashboard: 3, key: 1, secret: 0.4 }
/** An account has so many dashboards for nothing. */
const freeDashboards = 3
/** Dollars for a million. */
const perMillion = {
  receives: priceList['queue-requests'].perMillion,
  fifoReceives: 0.5,
  turns: 1,
  invocations: priceList.invocations.perMillion,
  gigabyteSeconds: priceList['gigabyte-seconds'].perMillion,
  readUnits: priceList['read-units'].perMillion,
  secretCalls: priceList['secret-calls'].perMillion,
  logBytes: priceList['log-bytes'].perMillion,
}

const minutesPerMonth = 730 * 60
/** Lambda asks a queue that is empty by five connections, each of which waits twenty seconds. */
const receivesPerMinute = 5 * 3
/** What a turn that finds nothing to do takes, by estimate: a few queries, two lines of log. */
const turn = { seconds: 0.3, readUnits: 10, logBytes: 600 }

/** What ten connections cost a month in which no order comes: five that sell, two ERPs, three warehouses. */
export function idle(root: string): readonly Figure[] {
  const settings = parseSettings(JSON.stringify(tenConnections(root)), 'example')
  const deployment = { ...settings, bundles: join(root, 'dist', 'demo') }
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const parts = idleParts(deployment, templatesOf(deployment, context))
  return [
    {
      name: 'dollars a month, ten connections, no order',
      value: parts.reduce((sum, { dollars }) => sum + dollars, 0).toFixed(2),
      goal: '≤ 20',
      how: 'five sell, two are ERPs, three are warehouses; from the templates, by list price',
    },
    ...parts.map(({ name, dollars, how }) => ({
      name: `of these ${name}`,
      value: dollars.toFixed(2),
      goal: 'none',
      how,
    })),
  ]
}

/** The settings of the example, which has nine, with one more shop. */
export function tenConnections(root: string): { readonly environment: string } {
  const example = JSON.parse(readFileSync(join(root, 'settings/example.json'), 'utf8'))
  const { secret: _, ...shop } = example.connections['shopify/main-store']
  const third = { ...shop, shop: 'example-third.myshopify.com' }
  return { ...example, connections: { ...example.connections, 'shopify/third-store': third } }
}

/** The parts of the bill, the dearest first. */
export function idleParts(
  { connections }: Pick<Deployment, 'connections'>,
  templates: readonly Template[],
): readonly IdlePart[] {
  const secrets = connections.filter(({ hosts, webhooks }) => hosts.length > 0 || webhooks).length
  const resources = templates.flatMap(({ Resources }) => Object.values(Resources))
  const propertiesOf = (type: string) =>
    resources.filter(({ Type }) => Type === type).map(({ Properties = {} }) => Properties)
  const alarms = propertiesOf('AWS::CloudWatch::Alarm')
  const metrics = alarms.reduce((sum, alarm) => sum + metricsOf(alarm), 0)
  const composites = propertiesOf('AWS::CloudWatch::CompositeAlarm').length
  const queues = propertiesOf('AWS::Lambda::EventSourceMapping').filter(
    ({ StartingPosition }) => StartingPosition === undefined,
  )
  const fifo = queues.filter((mapping) => JSON.stringify(mapping).includes('Imports')).length
  const receives = receivesPerMinute * minutesPerMonth
  const turns = propertiesOf('AWS::Scheduler::Schedule').map(turnsOf)
  const keys = propertiesOf('AWS::KMS::Key').length
  const dashboards = propertiesOf('AWS::CloudWatch::Dashboard').length
  const parts: readonly IdlePart[] = [
    {
      name: 'alarms',
      dollars: metrics * monthly.alarmMetric + composites * monthly.compositeAlarm,
      how: `${alarms.length} alarms over ${metrics} metrics, ${composites} composite ones`,
    },
    {
      name: 'empty receives',
      dollars:
        (receives *
          ((queues.length - fifo) * perMillion.receives + fifo * perMillion.fifoReceives)) /
        1e6,
      how: `${queues.length} queues with a consumer, ${fifo} of them FIFO, ${receivesPerMinute} a minute each`,
    },
    {
      name: 'secrets',
      dollars: secrets * monthly.secret,
      how: `${secrets}, one for each connection that is called or calls`,
    },
    { name: 'keys', dollars: keys * monthly.key, how: `${keys} customer-managed keys` },
    {
      name: 'turns of schedules',
      dollars: turns.reduce((sum, { dollars }) => sum + dollars, 0),
      how: `${Math.round(turns.reduce((sum, { count }) => sum + count, 0))} of ${turn.seconds} s and a gigabyte, with what they read and log`,
    },
    {
      name: 'dashboards',
      dollars: Math.max(0, dashboards - freeDashboards) * monthly.dashboard,
      how: `${dashboards}, of which an account has ${freeDashboards} for nothing`,
    },
  ]
  return parts.toSorted((one, other) => other.dollars - one.dollars)
}

type Properties = Readonly<Record<string, unknown>>

/** Those that AWS counts: every metric of an expression, and for a query at least one. */
const metricsOf = ({ Metrics }: Properties): number =>
  Array.isArray(Metrics) ? Math.max(1, Metrics.filter((each) => each.MetricStat).length) : 1

interface Turns {
  readonly count: number
  readonly dollars: number
}

/** Of what serves one connection, each reads its secret, which is kept for less long than two turns are apart. */
function turnsOf({ ScheduleExpression, Target }: Properties): Turns {
  const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(String(ScheduleExpression)) ?? []
  if (minutes === undefined) throw new Error(`not a rate in minutes: ${ScheduleExpression}`)
  const count = minutesPerMonth / Number(minutes)
  const secretCalls = /Poll|Compare/.test(JSON.stringify(Target)) ? 1 : 0
  const each =
    perMillion.turns +
    perMillion.invocations +
    turn.seconds * perMillion.gigabyteSeconds +
    turn.readUnits * perMillion.readUnits +
    turn.logBytes * perMillion.logBytes +
    secretCalls * perMillion.secretCalls
  return { count, dollars: (count * each) / 1e6 }
}
