import { createHmac } from 'node:crypto'
import { shopify } from '../../channels/shopify/index.ts'
import { door } from '../../channels/shopify/verify.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { madeUpOrder } from '../demo/made-up-orders.ts'
import type { Figure } from './figure.ts'
import { interval, median } from './statistics.ts'

const rounds = 60
const batch = 50
const secret = 'bench'

/** CPU of verify, parse, validate and map, beside `JSON.parse` of the same bytes, in alternating batches. */
export async function transformCpu(): Promise<readonly Figure[]> {
  const body = madeUpOrder(2, 10n ** 18n, new Date())
  const bytes = Buffer.from(body)
  const headers = {
    'x-shopify-topic': 'orders/create',
    'x-shopify-hmac-sha256': createHmac('sha256', secret).update(bytes).digest('base64'),
  }
  const whole = (): void => {
    const signed = door.verify({ headers, body: bytes, now: new Date() }, [secret])
    const read = shopify.read({
      // Any connection's id does.
      connection: 'shopify/bench' as ConnectionId,
      via: 'webhook',
      headers,
      body,
      receivedAt: new Date().toISOString(),
    })
    if (!signed || !read.ok) throw new Error('the bench order is not read')
  }
  const parse = (): void => void JSON.parse(body)

  for (let i = 0; i < 2000; i++) {
    whole()
    parse()
  }
  const pairs = Array.from({ length: rounds }, () => [cpu(whole), cpu(parse)] as const)
  const ratios = pairs.map(([a, b]) => a / b)
  const [low, high] = interval(ratios)
  return [
    {
      name: 'transform CPU ÷ JSON.parse',
      value: `${median(ratios).toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`,
      goal: 'a ratio, watched',
      how: `median and 95 % interval of ${rounds} pairs of ${batch}; ${(bytes.byteLength / 1000).toFixed(1)} KB body, ${(median(pairs.map(([a]) => a)) / batch).toFixed(3)} ms each`,
    },
  ]
}

/** Milliseconds of CPU for a batch. */
function cpu(work: () => void): number {
  const before = process.cpuUsage()
  for (let i = 0; i < batch; i++) work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
