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
  await runFunction(hub.hub.cloud, 'ListingsCompare')
})
afterAll(() => hub.hub.close())

const examples = [...readFileSync('docs/api.md', 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(
  ([, block = '']) => block.trim().split(/\n(?=npm run api)/),
)
const named = examples.map(
  (command) => [/ "?(\/v1[^" ]*)/.exec(command)?.[1] ?? '', command] as const,
)
const [submission] = named.filter(([path]) => path.endsWith('/point-of-sale/orders'))

/** What a pasted command says, with this hub in place of the one at port 4000. */
async function run(command: string): Promise<{ readonly status: number; readonly said: string }> {
  const here = command.replace(
    /^npm run api --/,
    `${process.execPath} local/api.ts --url ${hub.ready.url}`,
  )
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', here]).catch(
    (failed: { stdout: string; stderr: string }) => failed,
  )
  return { status: Number.parseInt(stderr, 10), said: stdout }
}

test.each(
  Object.values(endpoints)
    .map(({ path }) => path)
    .filter((path) => path !== endpoints.readDescription.path),
)('docs/api.md has an example of %s', (path) => {
  const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}(\\?|$)`)
  expect(named.filter(([each]) => pattern.test(each))).not.toHaveLength(0)
})

test('the order of docs/api.md is accepted and found', async () => {
  const taken = await run(submission?.[1] ?? '')
  expect([taken.status, taken.said]).toEqual([
    202,
    expect.stringContaining('order-api_point-of-sale_1001'),
  ])
  await eventually('the order', async () => {
    const read = await run(examples.find((one) => one.endsWith('_1001')) ?? '')
    return read.status === 200 ? read : Error(read.said)
  })
})

test.each(named)('%s answers as docs/api.md says', async (_path, command) => {
  const { status, said } = await run(command)
  expect([status < 300, said]).toEqual([true, said])
  expect(() => JSON.parse(said)).not.toThrow()
})
