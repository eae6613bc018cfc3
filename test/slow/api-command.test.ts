import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../e2e/support/command.ts'
import { type OpenedHub, open, root } from '../e2e/support/open-hub.ts'

let hub: OpenedHub
const scratch = mkdtempSync(join(tmpdir(), 'crossdock-api-'))
beforeAll(async () => {
  hub = await open()
})
afterAll(async () => {
  await hub.hub.close()
  rmSync(scratch, { recursive: true })
})

/** Runs the command in an environment of its own; `input` is its standard input. */
async function api(
  args: readonly string[],
  { env = {}, input }: { readonly env?: Record<string, string>; readonly input?: string } = {},
) {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const command = ['env', ...variables, process.execPath, join(root, 'local/api.ts'), ...args]
  const piped = `printf %s "$0" | "$@"`
  const { ended, stdout, stderr } = run('sh', ['-c', piped, input ?? '', ...command], root)
  return { status: await ended, out: stdout.join('\n'), err: stderr.join('\n') }
}

const here = (...args: string[]) => [...args, '--url', hub.ready.url]
const counts = (sku: string) =>
  JSON.stringify({ location: 'main', at: '2026-11-21T10:00:00Z', counts: [{ sku, onHand: 1 }] })
const keyed = (key: string) => ['-H', `Idempotency-Key: ${key}`]

test.each([
  ['a query of several parameters', '/v1/availability?channel=shopify%2Fdemo-store&sku=B&sku=A'],
  ['a query of blanks and signs', "/v1/orders?reference=%23a+b%20c!'()*%2F%C3%BC"],
  ['an encoded path', '/v1/orders/a%2Fb%20c'],
])('%s is signed as it is sent', async (_, path) => {
  const { err } = await api(here('GET', path))
  // 403 would be the signature.
  expect(err).toMatch(/^(200|400|404) /)
})

test('a body comes as an argument, from a file and from standard input', async () => {
  const file = join(scratch, 'counts.json')
  writeFileSync(file, counts('FILE'))
  const post = ['POST', '/v1/stock/counts']
  const answers = [
    await api(here(...post, counts('ARGUMENT'), ...keyed('one'))),
    await api(here(...post, `@${file}`, ...keyed('two'))),
    await api(here(...post, '-', ...keyed('three')), { input: counts('STDIN') }),
  ]
  expect(answers.map(({ err }) => err)).toEqual(['200 OK', '200 OK', '200 OK'])
  for (const sku of ['ARGUMENT', 'FILE', 'STDIN']) {
    const { out } = await api(here('GET', `/v1/stock?sku=${sku}`))
    expect(JSON.parse(out)).toMatchObject({ places: [{ onHand: 1 }] })
  }
})

test('an error answer is printed and ends with 1', async () => {
  const { status, out, err } = await api(here('GET', '/v1/exceptions?owner=nobody'))
  expect([status, err]).toEqual([1, '400 Bad Request'])
  expect(JSON.parse(out)).toMatchObject({ status: 400, errors: [{ parameter: 'owner' }] })
})

test.each([
  ['nothing', [], 'Give a method and a path'],
  ['a path elsewhere', ['GET', 'exceptions'], 'A path begins with /v1/, not "exceptions".'],
  ['a body that is no JSON', ['POST', '/v1/stock/counts', '{'], 'The body is not JSON'],
  ['a file that is not there', ['POST', '/v1/x', '@/nowhere'], '/nowhere cannot be read'],
  ['half a header', ['GET', '/v1/x', '-H', 'x'], '--header needs "name: value", not "x".'],
  ['an unknown option', ['GET', '/v1/x', '--nonsense'], '--nonsense'],
  ['no address', ['GET', '/v1/x', '--url', 'x'], '--url needs an address, not "x".'],
  ['two places', ['GET', '/v1/x', '--url', 'x', '--environment', 'e'], 'not both'],
  ['an environment without settings', ['GET', '/v1/x', '--environment', 'e'], 'settings/e.json'],
  ['nothing that runs', ['GET', '/v1/x', '--url', 'http://127.0.0.1:1'], 'Start it with npm start'],
])('%s is answered with one line', async (_, args, line) => {
  const { status, out, err } = await api(args)
  expect([status, out, err.split('\n').length]).toEqual([1, '', 1])
  expect(err).toContain(line)
})

describe('a deployed environment', () => {
  const heard: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = []
  let server: Server
  let address = ''
  /** CloudFormation, and the API that its stack names. */
  beforeAll(async () => {
    server = createServer(({ url = '', headers }, response) => {
      heard.push({ path: url, headers })
      const output = `<member><OutputKey>Url</OutputKey><OutputValue>${address}/v1</OutputValue></member>`
      const stacks = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><Outputs>${output}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`
      response.end(url.startsWith('/v1') ? '{}' : stacks)
    }).listen(0, '127.0.0.2')
    await new Promise((resolve) => server.once('listening', resolve))
    address = `http://127.0.0.2:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())
  const credentials = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret' }

  test("is found by its stack's output and called with the caller's credentials in its region", async () => {
    const env = { ...credentials, AWS_ENDPOINT_URL: address }
    const args = ['GET', '/v1/exceptions', '--environment', 'example']
    expect(await api(args, { env })).toEqual({ status: 0, out: '{}', err: '200 OK' })
    const { authorization } = heard.at(-1)?.headers ?? {}
    expect(authorization).toMatch(/Credential=AKIA\/\d+\/eu-central-1\/execute-api\/aws4_request/)
  })

  test('is called with a token where there is one', async () => {
    const args = ['GET', '/v1/exceptions', '--url', address]
    expect(await api(args, { env: { CROSSDOCK_TOKEN: 'abc' } })).toMatchObject({ status: 0 })
    expect(heard.at(-1)?.headers.authorization).toBe('Bearer abc')
  })
})
