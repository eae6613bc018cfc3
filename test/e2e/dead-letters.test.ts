import { gzipSync } from 'node:zlib'
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { broken } from './support/audit.ts'
import { type OpenedHub, open } from './support/open-hub.ts'
import { erp, eventually, isComplete, operator, shop, wms } from './support/outside.ts'
import { type Sold, sold } from './support/sold.ts'

let hub: OpenedHub
let sqs: SQSClient
let orders: readonly Sold[]
beforeAll(async () => {
  hub = await open()
  sqs = new SQSClient({ endpoint: hub.ready.aws, region: 'us-east-1', credentials: operator })
  orders = [sold([{ quantity: 2 }]), sold()]
  await Promise.all(orders.map((order) => hub.place(order)))
  await hub.until('complete orders', orders, isComplete)
})
afterAll(() => hub.hub.close())

test.each([
  ['NetsuiteDemoErp', 'create-order', erp],
  ['ShipbobDemoWms', 'release-order', wms],
])('a redrive of %s repeats nothing, not even twice', async (lane, effect, connection) => {
  const before = await epochs()
  for (const { orderId } of orders) {
    await bury(lane, { orderId, intentId: effect, connection, effect })
  }
  await redrive(lane)
  await redrive(lane)
  expect(await broken(hub, orders)).toEqual([])
  expect(await epochs()).toEqual(before)
})

test('a webhook that died becomes its order, and one that came through in the meantime becomes nothing', async () => {
  const dead = sold([{ quantity: 2 }])
  await hub.place(dead, { deliver: false })
  for (const { text } of [dead, ...orders]) await bury('Intake', messageOf(text))
  await redrive('Intake')
  await hub.until('a complete order', [dead], isComplete)
  await bury('Intake', messageOf(dead.text))
  await redrive('Intake')
  expect(await broken(hub, [dead, ...orders])).toEqual([])
})

/** As the door writes it. */
const messageOf = (text: string) => ({
  connection: shop,
  via: 'webhook',
  headers: { 'x-shopify-topic': 'orders/create' },
  receivedAt: new Date().toISOString(),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  body: gzipSync(text).toString('base64'),
  again: 0,
})

/** How often each effect of each order was tried. */
const epochs = async () =>
  (await hub.ledger.heads()).map(({ id, intents }) => [
    id,
    Object.entries(intents)
      .map(([intent, { epoch }]) => `${intent} ${epoch}`)
      .toSorted(),
  ])

function queueOf(id: string): string {
  const found = hub.hub.cloud
    .resources()
    .find((one) => one.type === 'AWS::SQS::Queue' && one.name === `Crossdock-demo-${id}`)
  if (!found) throw new Error(`the stacks have no queue ${id}`)
  return found.name
}

async function urlOf(id: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueOf(id) }))
  return QueueUrl
}

/** Puts a message where it would be after all its tries. */
async function bury(lane: string, message: object): Promise<void> {
  const QueueUrl = await urlOf(`${lane}DeadLetters`)
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }))
}

/** Moves a lane's dead letters back, and waits until everything they lead to is over. */
async function redrive(lane: string): Promise<void> {
  const QueueUrl = await urlOf(`${lane}DeadLetters`)
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] })
  const SourceArn = (await sqs.send(asked)).Attributes?.QueueArn
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }))
  await eventually('quiet', async () => (hub.hub.cloud.idle() ? hub : undefined))
}
