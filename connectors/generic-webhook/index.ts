import type { Connector } from '../contract.ts'
import { effects, effectsFor } from './effects.ts'
import { read } from './read.ts'
import { Settings } from './settings.ts'

/** Any system that takes our signed messages and reports back: how one without a plug is connected. */
export const genericWebhook: Connector = {
  id: 'generic-webhook',
  title: 'A system by webhook',
  kind: 'either',
  settings: Settings,
  hosts(settings) {
    const { url, lookupUrl } = Settings.parse(settings)
    return [...new Set([url, lookupUrl ?? url].map((address) => new URL(address).host))]
  },
  maxConcurrency: 5,
  topics: ['shipped', 'held', 'resumed', 'backordered', 'answered', 'counted', 'moved'],
  reports: true,
  effects,
  effectsFor,
  read,
}
