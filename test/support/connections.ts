import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Connection } from '../../schemas/settings.ts'
import { erp, shop, wms } from './orders.ts'

const capabilities = {
  [shop]: ['orders', 'listings'],
  [erp]: ['accounting'],
  [wms]: ['fulfilment'],
} as const

/** What a connection to a system in a private network has in the settings. */
export const inNetwork = {
  network: 'vpc',
  subnets: ['subnet-0a1b2c3d4e5f60718', 'subnet-0a1b2c3d4e5f60719'],
  securityGroups: ['sg-0a1b2c3d4e5f60718'],
}

/** A connection as the functions find it in their settings. */
export function connectionTo(id: ConnectionId, change: Partial<Connection> = {}): Connection {
  return {
    id,
    connector: id.split('/')[0] ?? id,
    capabilities: capabilities[id] ?? ['orders', 'listings'],
    secret: `crossdock/test/${id}`,
    hosts: ['vendor.example'],
    maxConcurrency: 2,
    timeoutSeconds: 10,
    webhooks: id !== erp,
    testOrders: 'hold',
    unpaidOrders: 'hold',
    effects: [],
    crossReferences: {},
    peopleDays: 90,
    rawDays: 90,
    own: {},
    ...change,
  }
}
