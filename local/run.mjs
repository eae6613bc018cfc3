// Runs on whatever Node a newcomer has (20 or later), before anything is installed, so it imports nothing but Node.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
const bin = join(root, 'node_modules', '.bin')
const stamp = join(root, 'node_modules', '.crossdock-installed')

const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
]
/** Those that take a minute each; CI runs them too. */
const slow = '<rootDir>/test/slow/'
const cdk = ['node_modules/aws-cdk/bin/cdk', 'synth', '--quiet', '--no-version-reporting']

const [name = '', ...args] = process.argv.slice(2)

/** Each command is a list of steps. Jest's options take every path that follows them, so those given by the user come first. */
const commands = {
  start: [['local/start.ts', ...args]],
  test: [[...jest, ...args, `--testPathIgnorePatterns=${slow}`]],
  'test:slow': [[...jest, ...args, `--testMatch=${slow}**/*.test.ts`]],
  bench: [['bench/bench.ts', ...args]],
  api: [['local/api.ts', ...args]],
  doctor: [['local/doctor.ts', ...args]],
  simulate: [['simulation/simulate.ts', ...args]],
  synth: [[...cdk, ...args]],
  audit: [['local/supply-chain/audit.mjs', ...args]],
  sbom: [['local/supply-chain/sbom.mjs', ...args]],
  check: [
    ['node_modules/typescript/bin/tsc', '--noEmit'],
    ['node_modules/@biomejs/biome/bin/biome', 'ci', '.'],
    [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.dependency-cruiser.ts',
      ...'bin lib functions schemas domain connectors platform twins local simulation bench test'.split(
        ' ',
      ),
    ],
    ['node_modules/knip/bin/knip.js'],
    [...cdk, ...args],
  ],
}

const steps = commands[name]
if (!steps) fail(`there is no command "${name}"; choose one of ${Object.keys(commands).join(', ')}`)
if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Crossdock needs Node 20 or later to start; this is ${process.version}`)
}
install()
await run(steps)

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const installed = existsSync(stamp) && readFileSync(stamp, 'utf8') === lock
  if (installed && existsSync(nodeBinary())) return
  process.stderr.write('Installing packages and Node 24 (once, about 20 seconds) …\n')
  npm('ci', '--no-audit', '--no-fund', '--loglevel=error')
  npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error')
  if (!existsSync(nodeBinary())) fail('npm did not install Node 24; see its output above')
  writeFileSync(stamp, lock)
}

/** Lambda runs Node 24, so everything here does, whatever started it. */
function nodeBinary() {
  return join(root, 'node_modules', 'node', 'bin', 'node')
}

function npm(...npmArgs) {
  const cli = process.env.npm_execpath
  const [command, first] = cli ? [process.execPath, [cli]] : ['npm', []]
  const { status } = spawnSync(command, [...first, ...npmArgs], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, npm_config_loglevel: 'error' },
  })
  if (status !== 0) fail(`npm ${npmArgs[0]} failed; see its output above`)
}

async function run(all) {
  for (const step of all) {
    const code = await execute(step)
    if (code !== 0) process.exit(code)
  }
}

function execute(step) {
  const child = spawn(nodeBinary(), step, {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules', 'node', 'bin')}:${bin}:${process.env.PATH}`,
    },
  })
  // npm and terminals signal the whole group; a signal sent to this process alone is passed on.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  // npm's shell passes no signal on: it ends, and what it started has to notice.
  const parent = process.ppid
  const watch = setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500)
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      clearInterval(watch)
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
