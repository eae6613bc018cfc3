import type { HostedTwin } from '../twins/host/twin-host.ts'
import { diagnose } from './doctor/diagnose.ts'
import type { Hub } from './hub.ts'

/** What a program needs to talk to a running hub. */
export function readyLine(hub: Hub) {
  const { cloud, settings, twins } = hub
  const signing = twins.all.filter((hosted) => signingSecret(hosted) !== undefined)
  return {
    ready: true,
    url: cloud.apiUrl,
    webhooks: byConnection(signing, ({ connection }) => hub.webhookUrl(connection.id)),
    secrets: byConnection(signing, signingSecret),
    twins: byConnection(twins.all, ({ connection }) => twins.urlOf(connection.id)),
    ...(twins.real.length > 0 && {
      real: Object.fromEntries(twins.real.map(({ connection, url }) => [connection.id, url.href])),
    }),
    aws: cloud.awsUrl,
    api: {
      url: `${cloud.apiUrl}/v1`,
      // A token's issuer is outside of this machine.
      ...(settings.api.authorizer === 'iam' && {
        accessKeyId: cloud.operator.accessKeyId,
        secretAccessKey: cloud.operator.secretAccessKey,
        region: cloud.region,
      }),
    },
  }
}

const simulated =
  '  No DynamoDB engine runs here, so the tables are simulated: they check no limits and count no capacity.\n'

/** What the settings lack; secrets, quotas and e-mail are a deployment's. */
function doctor({ settings }: Hub): string {
  const findings = diagnose({
    settings: { ...settings, alarmEmail: 'confirmed' },
    secretFaults: {},
    refusals: {},
    concurrency: Number.POSITIVE_INFINITY,
    isEmailConfirmed: true,
  })
  return findings.length === 0 ? '' : `  Doctor: ${findings.map(({ what }) => what).join('; ')}\n`
}

/** The same for a person. */
export function welcome(hub: Hub, seconds: number): string {
  const { cloud } = hub
  const { webhooks, twins, real = {}, aws, api } = readyLine(hub)
  const rows = [
    ...Object.entries(webhooks).map(([id, url]) => [`webhooks of ${id}`, url]),
    ...Object.entries(twins).map(([id, url]) => [`twin of ${id}`, `${url}/_twin/state`]),
    ...Object.entries(real).map(([id, url]) => [`real ${id}`, url]),
    ['AWS endpoint', aws],
    ['Capability API', api.url],
  ]
  const lines = rows.map(([name = '', url]) => `  ${name.padEnd(32)} ${url}\n`)
  return `\n  Crossdock is ready after ${seconds.toFixed(1)} s, running the stacks that cdk deploys.\n${cloud.hasSimulatedTables ? simulated : ''}${doctor(hub)}\n${lines.join('')}${example(api)}\n`
}

type Api = ReturnType<typeof readyLine>['api']

/** A call that can be pasted, where this machine holds the key. */
function example({ url, accessKeyId }: Api): string {
  if (accessKeyId === undefined) return ''
  const { origin, port } = new URL(url)
  const place = port === '4000' ? '' : ` --url ${origin}`
  return `\n  Exceptions: npm run api -- GET /v1/exceptions${place}\n`
}

const byConnection = <T>(hosted: readonly HostedTwin[], what: (one: HostedTwin) => T) =>
  Object.fromEntries(hosted.map((one) => [one.connection.id, what(one)]))

/** The secret that signs a connection's webhooks; systems that send none have none. */
function signingSecret({ twin }: HostedTwin): string | undefined {
  const { webhookSecrets } = twin.secret
  const first: unknown = Array.isArray(webhookSecrets) ? webhookSecrets[0] : undefined
  return typeof first === 'string' ? first : undefined
}
