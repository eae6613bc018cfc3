import { join } from 'node:path'
import { build } from '../../../local/build.ts'
import type { Happening } from '../../../local/cloud/happening.ts'
import { type Hub, openHub } from '../../../local/hub.ts'
import { readyLine } from '../../../local/ready.ts'
import { type Outside, outsideOf, Ready } from './outside.ts'

export const root = join(import.meta.dirname, '../../..')

/** Waits of the cloud, schedules included, take a tenth of their time: a sweep of each minute comes every six seconds. */
const timeScale = 0.1

export interface OpenedHub extends Outside {
  readonly hub: Hub
  readonly happenings: readonly Happening[]
}

interface Choice {
  /** @default the assembly of these sources */
  readonly assembly?: string
  readonly dataDir?: string
}

/** A hub in this process, and a client of it. */
export async function open({ assembly, dataDir }: Choice = {}): Promise<OpenedHub> {
  const happenings: Happening[] = []
  const hub = await openHub({
    root,
    assembly: assembly ?? (await build(root)),
    port: 0,
    dataDir,
    timeScale,
    observe: (happening) => happenings.push(happening),
  })
  const outside = await outsideOf(Ready.parse(readyLine(hub)))
  return { ...outside, hub, happenings }
}
