import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { run } from '../e2e/support/command.ts'
import { root } from '../e2e/support/open-hub.ts'

const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => join('test', file))
const isSlow = (file: string): boolean => file.startsWith('test/slow/')

/** The test files that a command would run. */
async function chosenBy(command: string, ...args: string[]): Promise<readonly string[]> {
  const { stdout, ended } = run('node', ['local/run.mjs', command, ...args, '--listTests'])
  expect(await ended).toBe(0)
  return stdout.map((file) => relative(root, file)).toSorted()
}

test.each([
  ['test', [], (file: string) => !isSlow(file)],
  ['test', ['test/domain/money'], (file: string) => file === 'test/domain/money.test.ts'],
  ['test', ['test/lib', '-u'], (file: string) => file.startsWith('test/lib/')],
  ['test', ['-u', 'test/lib'], (file: string) => file.startsWith('test/lib/')],
  ['test', ['-t', 'a name', 'domain/money'], (file: string) => file.includes('domain/money')],
  ['test', ['domain/money', '-t', 'a name'], (file: string) => file.includes('domain/money')],
  ['test', ['money', 'test/slow'], (file: string) => !isSlow(file) && file.includes('money')],
  ['test', ['--maxWorkers=1', 'domain/money'], (file: string) => file.includes('domain/money')],
  ['test:slow', [], isSlow],
  ['test:slow', ['-t', 'a name'], isSlow],
  [
    'test:slow',
    ['test/slow/circuit-breaker'],
    (file: string) => file === 'test/slow/circuit-breaker.test.ts',
  ],
  ['test:slow', ['breaker'], (file: string) => file === 'test/slow/circuit-breaker.test.ts'],
] as const)('npm run %s -- %j runs what it names', async (command, args, isMeant) => {
  expect(await chosenBy(command, ...args)).toEqual(tests.filter(isMeant).toSorted())
})

test('npm test -- -t runs the tests of that name only', async () => {
  const wanted = ['test/domain/listings', '-t', 'no such test', '--json']
  const { stdout, ended } = run('node', ['local/run.mjs', 'test', ...wanted])
  await ended
  const { numPassedTests, numPendingTests } = JSON.parse(stdout.join('\n'))
  expect(numPassedTests).toBe(0)
  expect(numPendingTests).toBeGreaterThan(0)
})
