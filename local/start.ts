import { randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '../platform/wiring/settings.ts'
import { build } from './build.ts'
import type { Happening } from './cloud/happening.ts'
import { chaos } from './demo/chaos.ts'
import { fillShelves } from './demo/fill-shelves.ts'
import { madeUpOrder } from './demo/made-up-orders.ts'
import { readPayload } from './demo/payload.ts'
import { Progress } from './demo/progress.ts'
import { runDemo } from './demo/run-demo.ts'
import { troubles } from './demo/troubles.ts'
import { type Hub, openHub, settingsFolder } from './hub.ts'
import { help, type Options, readOptions } from './options.ts'
import { whenOrphaned } from './parent.ts'
import { readyLine, welcome } from './ready.ts'
import { realSystems } from './real-systems.ts'

const root = join(import.meta.dirname, '..')

/** On a bad day the cloud waits a quarter of its time: what a killed function had taken would come back after a minute. */
const badDayScale = 0.25

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') process.stdout.write(help)
  else await start(options)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

async function start(options: Options): Promise<void> {
  const began = performance.now()
  const asked = bodiesOf(options)
  // With --json, stdout belongs to the two lines that a program reads.
  const out = options.json ? process.stderr : process.stdout
  const seed = options.seed ?? randomInt(2 ** 32)
  const assembly = await build(root)
  const real = realSystems(options, readSettings(settingsFolder(root)), seed)
  const hasShop = !real.some(({ connection }) => connection.connector === 'shopify')
  const bodies = hasShop ? asked : []
  const disorder = options.chaos ? chaos(seed, { most: Math.ceil(bodies.length / 10) }) : undefined
  const scratch = disorder && options.dataDir === undefined ? scratchDirectory() : undefined
  const progress = new Progress(out, bodies.length, disorder?.struck)
  const complain = troubles(progress.interrupt)
  const leaving = new AbortController()
  const hub = await openHub({
    root,
    assembly,
    real,
    port: options.port,
    dataDir: options.dataDir ?? scratch,
    ...(disorder && { faults: disorder, timeScale: badDayScale }),
    observe: (happening) => {
      progress.observe(happening)
      // What is made to fail on purpose fails, and that is no trouble.
      const meant = disorder ? !isGrave(happening) : leaving.signal.aborted
      if (!meant) complain(happening)
    },
  })
  const leave = leaver(hub, leaving, scratch)

  const seconds = (performance.now() - began) / 1000
  out.write(welcome(hub, seconds))
  if (options.dropAnswers.size > 0) out.write(`  Answers get lost (--seed ${seed}).\n`)
  if (bodies.length < asked.length) out.write('  The shop is real: place your orders there.\n')
  if (options.json) process.stdout.write(`${JSON.stringify(readyLine(hub))}\n`)

  await fillShelves(hub)
  const proof = await runDemo({
    hub,
    bodies,
    out,
    progress,
    rate: options.rate,
    chaos: disorder,
  })
  const faults = disorder && { seed: disorder.seed, faults: Object.fromEntries(disorder.struck()) }
  if (options.json) process.stdout.write(`${JSON.stringify({ proof, ...faults })}\n`)
  if (options.exit) await leave(proof.ok ? 0 : 1)
  else out.write('\n  Running until you press Ctrl-C.\n')
}

/** A cloud that restarts needs a place for its data. */
function scratchDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'crossdock-chaos-'))
}

/** What no bad day excuses. */
function isGrave({ kind }: Happening): boolean {
  return kind === 'denied' || kind === 'dead-letter'
}

function bodiesOf({ payload, orders }: Options): readonly string[] {
  if (payload !== undefined) return [readPayload(payload)]
  // Beyond 2^53, as the ids in Shopify's own test messages are, and another range in every run.
  const base = 10n ** 18n + BigInt(`0x${randomBytes(6).toString('hex')}`) * 10n ** 3n
  return Array.from({ length: orders }, (_, i) => madeUpOrder(i, base, new Date()))
}

/** Ends everything that was started, once, whoever asks for it. */
function leaver(
  hub: Hub,
  mark: AbortController,
  scratch: string | undefined,
): (code: number) => Promise<void> {
  let leaving: Promise<void> | undefined
  const leave = (code: number): Promise<void> => {
    mark.abort()
    leaving ??= hub.close().finally(() => {
      if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true })
      process.exit(code)
    })
    return leaving
  }
  process.on('SIGINT', () => void leave(0))
  process.on('SIGTERM', () => void leave(0))
  whenOrphaned(() => void leave(1))
  return leave
}
