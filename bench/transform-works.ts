import { createHmac } from 'node:crypto'
import { parse as parsePowertools } from '@aws-lambda-powertools/parser'
import { JSONStringified } from '@aws-lambda-powertools/parser/helpers'
import { shopify } from '../connectors/shopify/index.ts'
import { toOrder } from '../connectors/shopify/to-order.ts'
import { door } from '../connectors/shopify/verify.ts'
import { fromWebhook } from '../connectors/shopify/webhook-order.ts'
import { madeUpOrder } from '../local/demo/made-up-orders.ts'
import type { ConnectionId } from '../schemas/canonical/identity.ts'
import { WholeOrder } from './whole-order.ts'

const batch = 200
const secret = 'bench'
// Any connection's id does.
const connection = 'shopify/bench' as ConnectionId

interface Signed {
  readonly body: string
  readonly bytes: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** As long as Shopify's own are today, and as long as those of its test notifications, beyond 2^53. */
const usual = signed(5_000_000_000_000n)
const long = signed(10n ** 18n)
const Stringified = JSONStringified(WholeOrder)

/** Ways to read one order; each runs in a process of its own, as it would, so that none is compiled for another's shapes. */
const works = {
  'JSON.parse': () => void JSON.parse(usual.body),
  'JSON.parse of long ids': () => void JSON.parse(long.body),
  ours: () => whole(usual),
  'ours of long ids': () => whole(long),
  'Powertools parser': () => {
    verify(usual)
    map(parsePowertools(usual.body, undefined, Stringified))
  },
  'full zod': () => {
    verify(usual)
    map(WholeOrder.parse(JSON.parse(usual.body)))
  },
} as const satisfies Readonly<Record<string, () => void>>
export type Work = keyof typeof works

function signed(base: bigint): Signed {
  const body = madeUpOrder(2, base, new Date())
  const bytes = Buffer.from(body)
  const signature = createHmac('sha256', secret).update(bytes).digest('base64')
  const headers = { 'x-shopify-topic': 'orders/create', 'x-shopify-hmac-sha256': signature }
  return { body, bytes, headers }
}

function verify({ headers, bytes }: Signed): void {
  if (!door.verify({ headers, body: bytes, now: new Date() }, [secret]))
    throw new Error('the bench order is not signed')
}

function whole(order: Signed): void {
  verify(order)
  const { headers, body } = order
  const receivedAt = new Date().toISOString()
  const read = shopify.read({ connection, via: 'webhook', headers, body, receivedAt })
  if (!read.ok || read.value[0]?.type !== 'snapshot') throw new Error('the bench order is not read')
}

/** What comes out of a rival's schema is mapped by the product, so that only reading differs. */
function map(order: WholeOrder): void {
  if (!toOrder(connection, fromWebhook(order)).ok) throw new Error('the bench order is not mapped')
}

/** Milliseconds of CPU for a batch. */
function cpu(work: () => void): number {
  const before = process.cpuUsage()
  for (let i = 0; i < batch; i++) work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const isWork = (name: string): name is Work => Object.hasOwn(works, name)

process.on('message', (name: string) => {
  if (isWork(name)) process.send?.(cpu(works[name]) / batch)
})
