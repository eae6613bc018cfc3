import type { Draw } from './draw.ts'
import { cryptoByLot } from './packages.ts'
import { type Patch, type Place, Program } from './program.ts'
import type { VirtualTime } from './virtual-time.ts'
import { followed } from './work.ts'

/** The run that is under way: one at a time in a process. */
interface Running {
  readonly time: VirtualTime
  readonly draw: Draw
}

let running: Running | undefined
const programs = new Map<string, Program>()

/** The product's sources, with some of its text replaced, for the run that begins now. */
export function programFor(run: Running, patches: readonly Patch[] = []): Program {
  running = run
  const key = JSON.stringify(patches)
  const program = programs.get(key) ?? new Program(home, patches)
  programs.set(key, program)
  return program
}

function now(): Running {
  if (!running) throw new Error('nothing is running')
  return running
}

/** For rules and connectors there is no clock and no chance: whoever asks for one is told so. */
class ClocklessDate extends Date {
  constructor(...given: readonly unknown[]) {
    if (given.length === 0) throw new Error('a rule or a connector asked for the time')
    super(...(given as [string]))
  }

  static override now(): number {
    throw new Error('a rule or a connector asked for the time')
  }
}

const chance = (): never => {
  throw new Error('a rule or a connector drew lots')
}

/** Milliseconds that a twin takes where it waits. */
const twinMs = 5

const crypto = cryptoByLot((what) => now().draw(what))

const home: Place = {
  modules: { 'node:crypto': crypto },
  watched: { 'domain/effects/perform.ts': followed },
  globals: {
    Date: ClocklessDate,
    Math: Object.create(Math, { random: { value: chance } }),
    setTimeout: undefined,
    clearTimeout: undefined,
    setImmediate: (run: () => void) => now().time.after(twinMs, run),
    process: { env: {} },
    crypto: { randomUUID: crypto.randomUUID },
  },
}
