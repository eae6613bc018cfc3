import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { runFunction } from '../../local/run-function.ts'
import { endpoints } from '../../schemas/api/endpoints.ts'
import { type OpenedHub, open } from './support/open-hub.ts'
import { eventually, shop } from './support/outside.ts'

let hub: OpenedHub
beforeAll(async () => {
  hub = await open()
  // Terms are for what the shop is known to sell.
  const counts = ['MUG-STONE', 'MUG-SET'].map((sku) => ({ sku, onHand: 5 }))
  const stock = `${hub.ready.twins[shop]}/_twin/stock`
  await fetch(stock, { method: 'POST', body: JSON.stringify({ counts }) })
  await runFunction(hub.hub.cloud, 'ShopifyDemoStoreStockCompare')
})
afterAll(() => hub.hub.close())

const examples = [...readFileSync('docs/api.md', 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(
  ([, block = '']) => block.replaceAll('\\\n', ' ').split(/\n(?=curl)/),
)
const named = examples.map(
  (command) => [/\$API([^" ]*)/.exec(command)?.[1] ?? '', command] as const,
)
const [submission] = named.filter(([path]) => path.endsWith('/point-of-sale/orders'))

/** What curl says, with the status on a line of its own. */
async function run(command: string): Promise<{ readonly status: number; readonly said: string }> {
  const quiet = command.trim().replace(/^curl/, "curl -sS -w '\\n%{http_code}'")
  const { stdout } = await promisify(execFile)('sh', ['-c', quiet], {
    env: { ...process.env, API: hub.ready.api.url },
  })
  const [status = '', ...said] = stdout.split('\n').toReversed()
  return { status: Number(status), said: said.toReversed().join('\n') }
}

test.each(
  Object.values(endpoints)
    .map(({ path }) => path)
    .filter((path) => path !== endpoints.readDescription.path),
)('docs/api.md has an example of %s', (path) => {
  const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}(\\?|$)`)
  expect(named.filter(([each]) => pattern.test(`/v1${each}`))).not.toHaveLength(0)
})

test('the order of docs/api.md is accepted and found', async () => {
  const taken = await run(submission?.[1] ?? '')
  expect([taken.status, taken.said]).toEqual([
    202,
    expect.stringContaining('order-api_point-of-sale_1001'),
  ])
  await eventually('the order', async () => {
    const read = await run(examples.find((one) => one.includes('_1001"')) ?? '')
    return read.status === 200 ? read : Error(read.said)
  })
})

test.each(named)('%s answers as docs/api.md says', async (_path, command) => {
  const { status, said } = await run(command)
  expect([status < 300, said]).toEqual([true, said])
  expect(() => JSON.parse(said)).not.toThrow()
})
