import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Patch, patched } from './program.ts'

const root = join(import.meta.dirname, '..')

/** What the suites under `test/domain` and `test/functions` read. */
const rooms = [
  'bench',
  'connectors',
  'domain',
  'functions',
  'lib',
  'local',
  'platform',
  'schemas',
  'settings',
  'simulation',
  'test',
  'twins',
  'jest.config.js',
  'package.json',
]

/** Runs a suite on a copy of the tree with a bug in it; the first of its tests that fails, `undefined` when all pass. */
export async function brokenLaw(suite: string, patch: Patch): Promise<string | undefined> {
  const copy = mkdtempSync(join(tmpdir(), 'planted-'))
  try {
    for (const room of rooms) cpSync(join(root, room), join(copy, room), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const file = join(copy, patch.file)
    writeFileSync(file, patched(readFileSync(file, 'utf8'), patch))
    return failureIn(await tested(suite, copy))
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

function tested(suite: string, cwd: string): Promise<string> {
  // What a suite's own logger writes goes elsewhere.
  const told = join(cwd, 'told.json')
  const jest = join(root, 'node_modules/jest/bin/jest.js')
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
  const args = [
    ...flags,
    jest,
    '--rootDir',
    cwd,
    '--maxWorkers=1',
    '--json',
    '--outputFile',
    told,
    suite,
  ]
  const child = spawn(process.execPath, args, { cwd, stdio: 'ignore' })
  return new Promise((resolve) => child.on('exit', () => resolve(readFileSync(told, 'utf8'))))
}

function failureIn(json: string): string | undefined {
  // What Jest writes with `--json`; a suite that did not run at all showed nothing.
  const { numTotalTests, testResults } = JSON.parse(json) as Tested
  if (numTotalTests === 0) throw new Error('the suite did not run')
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed')?.fullName
}

interface Tested {
  readonly numTotalTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}
