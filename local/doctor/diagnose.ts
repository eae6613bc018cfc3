import type { Failure } from '../../domain/failure.ts'
import type { Connection, ResolvedSettings } from '../../schemas/settings.ts'

/** What is known of an environment. */
export interface Facts {
  readonly settings: Pick<
    ResolvedSettings,
    'environment' | 'connections' | 'routes' | 'stock' | 'alarmEmail'
  >
  /** Why a secret cannot be used, by connection; a connection without secret or with a good one is not in it. */
  readonly secretFaults: Readonly<Record<string, string>>
  /** How a harmless read failed, by connection. */
  readonly refusals: Readonly<Record<string, Failure>>
  /** Lambda's limit of concurrent executions in the account and region. */
  readonly concurrency: number
  /** Whether `alarmEmail` confirmed its subscription. */
  readonly isEmailConfirmed: boolean
}

/** Something that keeps an environment from working, and what to do about it. */
export interface Finding {
  readonly what: string
  readonly remedy: string
}

/** Everything that is wrong. */
export const diagnose = (facts: Facts): readonly Finding[] =>
  checks.flatMap((check) => check(facts))

type Check = (facts: Facts) => readonly Finding[]

/** What Lambda gives an account that has asked for nothing, new ones apart. */
const usualConcurrency = 1000

const checks: readonly Check[] = [
  ({ settings, secretFaults }) =>
    settings.connections.flatMap(({ id, secret }) => {
      const fault = secretFaults[id]
      if (fault === undefined) return []
      return {
        what: `${id}: the secret ${secret} ${fault}`,
        remedy: `Create it as described in docs/deploying.md: aws secretsmanager create-secret (or put-secret-value --secret-id) ${secret}, from a file.`,
      }
    }),
  ({ settings, secretFaults, refusals }) =>
    settings.connections.flatMap(({ id, secret, connector }) => {
      const failure = refusals[id]
      if (!failure || secretFaults[id] !== undefined) return []
      return failure.next === 'halt'
        ? {
            what: `${id}: the system rejects our credentials: ${failure.reason}`,
            remedy: `Compare the secret ${secret} and the permissions in the system with connectors/${connector}/README.md.`,
          }
        : {
            what: `${id}: the system did not answer: ${failure.reason}`,
            remedy:
              'Run the doctor again. If it still fails, check that the system is up and that its address in the settings is right.',
          }
    }),
  ({ settings, concurrency }) => {
    const needed = settings.connections.reduce((sum, { maxConcurrency }) => sum + maxConcurrency, 0)
    const wanted = Math.max(usualConcurrency, 2 * needed)
    if (concurrency >= wanted) return []
    return [
      {
        what: `Lambda runs at most ${concurrency} functions concurrently in this account and region; the lanes alone use ${needed}`,
        remedy: `Request ${wanted} in Service Quotas: AWS Lambda, Concurrent executions.`,
      },
    ]
  },
  ({ settings: { alarmEmail }, isEmailConfirmed }) =>
    alarmEmail === undefined
      ? [{ what: 'No one receives alarms', remedy: 'Set alarmEmail and deploy.' }]
      : isEmailConfirmed
        ? []
        : [
            {
              what: `${alarmEmail} does not receive alarms: its subscription is not confirmed`,
              remedy: 'Follow the link in the e-mail that SNS sent there after the deployment.',
            },
          ],
  ({ settings }) =>
    settings.connections
      .filter((connection) => !isUsed(connection, settings))
      .map(({ id }) => ({
        what: `${id}: no route or location uses it`,
        remedy: 'Use it in routes or under stock.locations, or remove the connection.',
      })),
  ({ settings: { stock, routes } }) => {
    if (!stock) return []
    const located = new Set(Object.values(stock.locations).map(({ warehouse }) => warehouse))
    const lacking = [...new Set(routes.map(({ wms }) => wms))].filter((id) => !located.has(id))
    return lacking.map((id) => ({
      what: `${id}: it ships orders, but no location describes its stock`,
      remedy: `Add a location with "warehouse": "${id}" under stock.locations.`,
    }))
  },
  ({ settings: { routes } }) =>
    routes.some(({ when }) => Object.keys(when).length === 0)
      ? []
      : [
          {
            what: 'No route matches every order: an order without a route becomes an exception',
            remedy: 'Add a last route without "when".',
          },
        ],
]

const isUsed = ({ id, capabilities }: Connection, { routes, stock }: Facts['settings']): boolean =>
  // Orders come from a channel whether a route names it or not.
  capabilities.includes('orders') ||
  routes.some(({ erp, wms }) => erp === id || wms === id) ||
  Object.values(stock?.locations ?? {}).some(
    ({ warehouse, count }) => warehouse === id || count?.from === id,
  )
