import { netsuite } from '../../connectors/netsuite/index.ts'
import type { Call } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Order, type OrderLine } from '../../schemas/canonical/order.ts'
import type { Documents, TwinReply } from '../../twins/kit/twin.ts'
import { twin as makeTwin } from '../../twins/netsuite/twin.ts'
import { memoryTokens, twinAccount } from './account.ts'
import { fixture } from './fixtures.ts'
import { memoryWorld } from './twin-world.ts'

export const netsuiteSettings = {
  accountId: '1234567',
  subsidiary: '1',
  items: {
    shipping: 'SHIPPING',
    discount: 'DISCOUNT',
    tax: 'CHANNEL-TAX',
    tip: 'TIP',
    duty: 'DUTY',
    fee: 'FEE',
  },
}

export interface NetsuiteOptions {
  readonly settings?: object
  readonly documents?: Documents
  readonly secret?: unknown
}

/** A NetSuite connection whose other end is its twin; `worker` is one more process of the same connection. */
export function netsuiteAccount({ settings = {}, documents, secret }: NetsuiteOptions = {}) {
  const own = { ...netsuiteSettings, ...settings }
  const world = memoryWorld(own, documents)
  const twin = makeTwin(world)
  const connection = ConnectionId.parse('netsuite/demo-erp')
  const tokens = memoryTokens(world.now)
  const worker = () =>
    twinAccount({
      connector: netsuite,
      connection,
      settings: own,
      twin,
      now: world.now,
      secret,
      tokens,
    })
  const account = worker()

  /** One request as another integration would send it. */
  async function ask(method: string, path: string, body?: unknown): Promise<TwinReply> {
    const stranger = worker()
    await netsuite.accounting.effects['create-order']?.look?.(stranger, subjectOf('plain'))
    const authorization = stranger.calls.at(-1)?.headers?.['authorization']
    return twin.handle({
      method,
      path: `/services/rest/record/v1/${path}`,
      headers: { authorization, 'content-type': 'application/json' },
      body: body === undefined ? '' : JSON.stringify(body),
    })
  }
  return { account, twin, world, worker, ask }
}

/** An order of the fixtures, with all that the channel has not taken back still to be delivered. */
export function subjectOf(name: string, change: Partial<Order> = {}): Subject {
  const order = {
    ...Order.parse(fixture('netsuite', `${name}.order.json`)),
    ...change,
  }
  return { order, lines: order.lines.map(remaining), references: {} }
}

const remaining = ({ id, quantity, removed }: OrderLine) => ({
  id,
  quantity: quantity - removed,
})

export const isWrite = ({ kind }: Call): boolean => kind === 'write'
