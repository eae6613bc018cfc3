import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../local/build.ts'
import { familyOf, node, type Running, run, survivorsOf } from '../e2e/support/command.ts'
import { root } from '../e2e/support/open-hub.ts'
import { Ready } from '../e2e/support/outside.ts'
import { sold } from '../e2e/support/sold.ts'

const scratch = mkdtempSync(join(tmpdir(), 'crossdock-command-'))
beforeAll(() => build(root), 120_000)
afterAll(() => rmSync(scratch, { recursive: true }))

const start = (...args: string[]): Running => node('local/start.ts', args)

function file(name: string, text: string): string {
  const path = join(scratch, name)
  writeFileSync(path, text)
  return path
}

/** Everything that a wrong start may say. */
async function refusalOf(running: Running): Promise<string> {
  expect(await running.ended).toBe(1)
  expect(running.stdout).toEqual([])
  expect(running.stderr).toHaveLength(1)
  return running.stderr[0] ?? ''
}

test('--help explains every option', async () => {
  const { stdout, stderr, ended } = start('--help')
  expect(await ended).toBe(0)
  expect(stderr).toEqual([])
  const options = [
    'orders',
    'rate',
    'chaos',
    'seed',
    'payload',
    'exit',
    'json',
    'port',
    'data',
    'real',
    'secret',
    'drop-answers',
    'help',
  ]
  for (const option of options) expect(stdout.join('\n')).toContain(`--${option} `)
})

test.each([
  ['an unknown option', ['--nonsense'], '--nonsense'],
  ['a word', ['orders'], 'orders'],
  ['no number', ['--orders', 'many'], '--orders needs a whole number'],
  ['a number that looks like an option', ['--orders', '-1'], '--orders'],
  ['half an order', ['--orders', '1.5'], '--orders needs a whole number'],
  ['no rate', ['--rate', '0'], '--rate needs a number'],
  [
    'a seed without chaos',
    ['--seed', '1'],
    '--seed repeats a bad day: it needs --chaos or --drop-answers',
  ],
  ['no seed', ['--chaos', '--seed', 'x'], '--seed needs a whole number'],
  ['no port', ['--port', '65536'], '--port needs a whole number'],
  ['a file that is not there', ['--payload', '/nowhere.json'], '/nowhere.json cannot be read'],
  ['no JSON', ['--payload', file('no.json', 'no')], 'is not JSON'],
  ['no order', ['--payload', file('list.json', '[]')], 'no "id" and "line_items"'],
])('%s is answered with one line', async (_, args, line) => {
  expect(await refusalOf(start(...args))).toContain(line)
})

test('a port that is taken is named in one line', async () => {
  const other = createServer()
  const port = await new Promise<number>((resolve) =>
    other.listen(0, '127.0.0.1', () => {
      const address = other.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    }),
  )
  expect(await refusalOf(start('--orders', '0', '--port', String(port)))).toContain(String(port))
  other.close()
})

test('--json --exit says two lines on stdout, keeps every promise and ends with 0', async () => {
  const { stdout, stderr, ended } = start('--json', '--orders', '3', '--port', '0', '--exit')
  expect(await ended).toBe(0)
  expect(stdout).toHaveLength(2)
  expect(Ready.safeParse(JSON.parse(stdout[0] ?? '')).success).toBe(true)
  const counts = { captured: 3, erp: 3, wms: 3, shipped: 3, confirmed: 3, exceptions: 0 }
  const proof = { ...counts, lost: 0, duplicated: 0, cents: 0, oversold: 0, ok: true }
  expect(JSON.parse(stdout[1] ?? '')).toMatchObject({ proof })
  expect(stderr.join('\n')).toContain('Every promise held.')
})

test('--payload sends an order of one file, and on data that was kept only once', async () => {
  const payload = file('order.json', sold([{ quantity: 2 }]).text)
  const common = ['--json', '--port', '0', '--exit', '--payload', payload]
  for (const _ of ['first', 'again']) {
    const { stdout, ended } = start(...common, '--data', join(scratch, 'data'))
    expect(await ended).toBe(0)
    expect(JSON.parse(stdout[1] ?? '')).toMatchObject({
      proof: { captured: 1, erp: 1, wms: 1, confirmed: 1, lost: 0, duplicated: 0, ok: true },
    })
  }
})

test('without a DynamoDB engine the tables are simulated, which one line says, and every promise is kept over restarts', async () => {
  const args = ['--json', '--port', '0', '--exit', '--data', join(scratch, 'simulated')]
  for (const orders of [5, 0]) {
    const program = [process.execPath, join(root, 'local/start.ts'), ...args]
    const { stdout, stderr, ended } = run('env', [
      'DYNAMODB_ENDPOINT=simulated',
      ...program,
      '--orders',
      String(orders),
    ])
    expect(await ended).toBe(0)
    const { proof } = JSON.parse(stdout[1] ?? '')
    expect(proof).toMatchObject({ lost: 0, duplicated: 0, cents: 0, oversold: 0, ok: true })
    expect(proof).toMatchObject({ captured: 5, erp: 5, wms: 5, shipped: 5, confirmed: 5 })
    expect(stderr.filter((line) => line.includes('the tables are simulated'))).toHaveLength(1)
    expect(stderr.join('\n')).not.toContain('would cost')
  }
})

test('a wrong setting is named with its path, and what to write', async () => {
  const copy = join(scratch, 'copy')
  cpSync(root, copy, {
    recursive: true,
    filter: (path) => !/(^|\/)(\.\w+|node_modules|cdk\.out|dist)$/.test(path.slice(root.length)),
  })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  const settings = join(copy, 'settings/demo.json')
  const wrong = readFileSync(settings, 'utf8').replace('"everyMinutes": 1', '"everyMinutes": 0')
  writeFileSync(settings, wrong)
  const { stderr, ended } = node('local/start.ts', ['--orders', '0', '--port', '0'], copy)
  expect(await ended).toBe(1)
  expect(stderr.join('\n')).toMatch(
    /settings\/demo\.json: connections\["shopify\/demo-store"\]\.sweep\.everyMinutes: .*at least 1/,
  )
})

describe('however it ends, nothing that it started lives on', () => {
  const quick = ['--json', '--port', '0', '--orders', '200', '--rate', '20']

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('%s', async (signal) => {
    const hub = start(...quick)
    const { url, aws } = Ready.parse(JSON.parse(await hub.firstLine))
    const family = familyOf(hub)
    expect(family.length).toBeGreaterThan(2)
    hub.child.kill(signal)
    expect(await hub.ended).toBe(signal === 'SIGKILL' ? signal : 0)
    expect(await survivorsOf(family)).toEqual([])
    for (const address of [url, aws]) await expect(fetch(address)).rejects.toThrow('fetch failed')
  })

  test('SIGTERM before it is ready', async () => {
    const hub = start(...quick)
    await new Promise((resolve) => setTimeout(resolve, 400))
    const family = familyOf(hub)
    hub.child.kill('SIGTERM')
    await hub.ended
    expect(await survivorsOf(family)).toEqual([])
  })

  test('SIGTERM to npm, whose banner is not on stdout either', async () => {
    // With other packages than the lock says, npm start would install while tests run.
    const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
    const stamp = readFileSync(join(root, 'node_modules/.crossdock-installed'), 'utf8')
    expect(stamp).toBe(lock.digest('hex'))
    const npm = run('npm', ['start', '--', ...quick])
    Ready.parse(JSON.parse(await npm.firstLine))
    const family = familyOf(npm)
    npm.child.kill('SIGTERM')
    expect(await survivorsOf(family)).toEqual([])
  })
})
