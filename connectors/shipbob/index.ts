import type { Connector } from '../contract.ts'
import { cancelRelease } from './cancel-release.ts'
import { counts } from './counts.ts'
import { read, topics } from './read.ts'
import { releaseOrder } from './release-order.ts'
import { Settings } from './settings.ts'
import { sweep } from './sweep.ts'

/** ShipBob, a third-party warehouse, by its API of 2026-01. */
export const shipbob = {
  id: 'shipbob',
  title: 'ShipBob',
  settings: Settings,
  hosts: (settings) => [Settings.parse(settings).apiHost],
  // 150 requests a minute are 2.5 a second: four in flight use them up, and 429 says for how long to wait.
  maxConcurrency: 4,
  topics: Object.keys(topics),
  fulfilment: { effects: { 'release-order': releaseOrder, 'cancel-release': cancelRelease } },
  sweep,
  counts,
  read,
} satisfies Connector
