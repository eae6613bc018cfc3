import { spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

interface Ended {
  readonly code: number | null
  readonly said: string
}

/** The command as people give it; a process of its own, because Jest has modules of its own kind. */
function simulate(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['simulation/simulate.ts', ...args], { cwd: root })
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  return new Promise((resolve) =>
    child.on('exit', (code) => resolve({ code, said: Buffer.concat(said).toString() })),
  )
}

test('every promise holds on bad days, some of them new ones', async () => {
  const { code, said } = await simulate('--few', '--orders', '20', '--shrink', '60')
  expect({ code, said }).toMatchObject({
    code: 0,
    said: expect.stringContaining('Every promise held.'),
  })
})

test('the same seed is the same story, to the millisecond', async () => {
  const order = 'shopify_first-store_5100000000000'
  const tell = () => simulate('--seed', '1', '--orders', '2', '--story', order)
  const story = ({ said }: Ended) => said.replace(/ in [\d.]+ s of CPU.*/, '')
  const [one, other] = [await tell(), await tell()]
  expect(story(one)).toContain('order.captured')
  expect(story(other)).toBe(story(one))
})

test('a planted bug does not live; others are planted where tests may take longer', async () => {
  const { code, said } = await simulate('--planted', '--bug', 'unconditional-head')
  expect({ code, said }).toMatchObject({
    code: 0,
    said: expect.stringContaining('killed by seed'),
  })
})
