import { join } from 'node:path'
import { build } from '../../../local/build.ts'
import type { Faults } from '../../../local/cloud/faults.ts'
import type { Happening } from '../../../local/cloud/happening.ts'
import { type Hub, openHub } from '../../../local/hub.ts'
import { readyLine } from '../../../local/ready.ts'
import type { RealSystem } from '../../../twins/host/real-system.ts'
import { type Outside, outsideOf, Ready } from './outside.ts'

export const root = join(import.meta.dirname, '../../..')

export interface OpenedHub extends Outside {
  readonly hub: Hub
  readonly happenings: readonly Happening[]
}

interface Choice {
  /** @default the assembly of these sources */
  readonly assembly?: string
  readonly dataDir?: string
  readonly faults?: Faults
  /**
   * Of the cloud's waits, schedules included.
   * @default 0.1: a sweep of each minute comes every six seconds
   */
  readonly timeScale?: number
  /** @default every system is a twin */
  readonly real?: readonly RealSystem[]
}

/** A hub in this process, and a client of it. */
export async function open(choice: Choice = {}): Promise<OpenedHub> {
  const { assembly, dataDir, faults, timeScale = 0.1, real = [] } = choice
  const happenings: Happening[] = []
  const hub = await openHub({
    root,
    assembly: assembly ?? (await build(root)),
    port: 0,
    dataDir,
    timeScale,
    faults,
    real,
    observe: (happening) => happenings.push(happening),
  })
  const outside = await outsideOf(Ready.parse(readyLine(hub)))
  return { ...outside, hub, happenings }
}
