import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from '../e2e/support/command.ts'
import { type OpenedHub, open, root } from '../e2e/support/open-hub.ts'
import { erp, operator, wms } from '../e2e/support/outside.ts'

let hub: OpenedHub
beforeAll(async () => {
  hub = await open()
})
afterAll(() => hub.hub.close())

/** The command, with the vendors' hosts led to the twins as they are for functions. */
async function doctor(environment = 'demo') {
  const { twins } = hub.hub
  const hosts = twins.all.flatMap(({ connection }) =>
    connection.hosts.map((host) => [host, twins.urlOf(connection.id)]),
  )
  const preload = pathToFileURL(join(root, 'twins/host/twins-as-hosts.mjs')).href
  const { ended, stdout, stderr } = run('env', [
    `AWS_ENDPOINT_URL=${hub.ready.aws}`,
    `AWS_ACCESS_KEY_ID=${operator.accessKeyId}`,
    `AWS_SECRET_ACCESS_KEY=${operator.secretAccessKey}`,
    'AWS_REGION=us-east-1',
    `CROSSDOCK_TWINS=${JSON.stringify(Object.fromEntries(hosts))}`,
    process.execPath,
    '--import',
    preload,
    join(root, 'local/doctor.ts'),
    '--environment',
    environment,
  ])
  const status = await ended
  return { status, findings: stdout.filter((line) => !line.startsWith(' ')), stderr }
}

// The demo sends no e-mail, and its partner is there for reports only.
const usual = [
  'No one receives alarms.',
  'generic-webhook/demo-partner: no route or location uses it.',
]

test('secrets are there and every vendor takes them', async () => {
  expect(await doctor()).toEqual({ status: 1, findings: usual, stderr: [] })
})

test.each([wms, erp])('credentials that %s refuses are found', async (connection) => {
  await hub.misbehave(connection, 'refuse-credentials', 9)
  const { findings } = await doctor()
  expect(findings).toEqual([
    expect.stringContaining(`${connection}: the system rejects our credentials`),
    ...usual,
  ])
  await hub.misbehave(connection, 'refuse-credentials', 0)
})

test('secrets that are not there are found', async () => {
  // The laptop has the secrets of its own environment and of no other.
  const { findings, stderr } = await doctor('simulation')
  expect(stderr).toEqual([])
  const missing = findings.filter((line) => line.endsWith('does not exist.'))
  expect(missing).toContain(
    'shopify/first-store: the secret crossdock/simulation/shopify/first-store does not exist.',
  )
})
