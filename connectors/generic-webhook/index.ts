import type { Connector } from '../contract.ts'
import { capabilities, capabilitiesFor } from './effects.ts'
import { read } from './read.ts'
import { Settings } from './settings.ts'

/** Any system that takes our signed messages and reports back: how one without a connector of its own is connected. */
export const genericWebhook = {
  id: 'generic-webhook',
  title: 'A system by webhook',
  settings: Settings,
  hosts(settings) {
    const { url, lookupUrl } = Settings.parse(settings)
    return [...new Set([url, lookupUrl ?? url].map((address) => new URL(address).host))]
  },
  maxConcurrency: 5,
  topics: ['shipped', 'held', 'resumed', 'backordered', 'answered', 'counted', 'moved'],
  reports: true,
  read,
  ...capabilities,
  capabilitiesFor,
} satisfies Connector
