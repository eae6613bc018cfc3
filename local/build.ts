import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const rooms = ['bin', 'lib', 'functions', 'schemas', 'domain', 'connectors', 'platform', 'settings']
const files = ['cdk.json', 'package-lock.json']

/**
 * Synthesizes the stacks as a deployment would, unless that was done for exactly these sources: those of the demo into
 * `cdk.out`, those of another environment under `.cache`.
 */
export async function build(root: string, environment = 'demo'): Promise<string> {
  const assembly = join(root, environment === 'demo' ? 'cdk.out' : `.cache/${environment}/cdk.out`)
  const stamp = join(assembly, '.sources')
  const sources = digestOf(root)
  const isFresh = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === sources
  if (isFresh()) return assembly
  await alone(join(root, '.cache', 'building'), async () => {
    if (isFresh()) return
    await synthesize(root, { assembly, environment })
    writeFileSync(stamp, sources)
  })
  return assembly
}

/** Longer than any synthesis takes: whoever held the lock has died. */
const staleMs = 60_000

/** Runs while no other process does the same. */
async function alone(lock: string, work: () => Promise<void>): Promise<void> {
  while (!taken(lock)) await sleep(100)
  try {
    await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

/** Making a folder is the one thing that only one of several processes can do. */
function taken(lock: string): boolean {
  mkdirSync(dirname(lock), { recursive: true })
  try {
    mkdirSync(lock)
    return true
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
    if (since !== undefined && Date.now() - since > staleMs)
      rmSync(lock, { recursive: true, force: true })
    return false
  }
}

interface Synthesis {
  readonly assembly: string
  readonly environment: string
}

async function synthesize(root: string, { assembly, environment }: Synthesis): Promise<void> {
  const child = spawn(process.execPath, ['bin/crossdock.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // CloudFormation's own validation takes a second; cdk-nag and Crossdock's rules judge here too.
    env: {
      ...process.env,
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: assembly,
      CDK_CONTEXT_JSON: JSON.stringify({ environment }),
    },
  })
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve))
  if (code !== 0) throw new Error(`the stacks could not be synthesized:\n${Buffer.concat(said)}`)
}

function digestOf(root: string): string {
  const hash = createHash('sha256')
  const all = rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|json)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  for (const file of [...all, ...files.map((name) => join(root, name))].toSorted()) {
    hash.update(file.slice(root.length)).update(readFileSync(file))
  }
  return hash.digest('hex')
}
