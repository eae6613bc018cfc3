import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { runFunction } from '../../../local/run-function.ts'
import { apiOf } from './api.ts'
import type { OpenedHub } from './open-hub.ts'
import { erp, eventually, isComplete, operator, shop, wms } from './outside.ts'
import { later, sold } from './sold.ts'
import { submitted } from './submitted.ts'

const partner = 'generic-webhook/demo-partner'

/**
 * Journeys and mishaps that between them make every function do everything it ever does. Each mishap happens while
 * only the function is at work that is to meet it.
 */
export async function everythingHappens(hub: OpenedHub): Promise<void> {
  const cloud = operatorOf(hub)
  const used = (function_: string, action: string, key = '') =>
    eventually(`${function_} ${action} ${key}`, async () => {
      const denied = hub.happenings.find(({ kind }) => kind === 'denied')
      if (denied) throw new Error(JSON.stringify(denied))
      return hub.hub.cloud
        .uses()
        .find(
          (use) =>
            use.role.includes(function_) &&
            use.action === action &&
            (key === '' || use.context?.['dynamodb:leadingkeys']?.some((k) => k.startsWith(key))),
        )
    })

  // A new shop is compared before anybody else asks it for something.
  await used('ShopifyDemoStore-ListingsLane', 'dynamodb:PutItem', `listing#${shop}#`)
  await cloud.dropToken(shop)

  // Sweeps meet an outage, then go on, while an order waits for a name that nobody brings, until it is late.
  for (const system of [shop, wms, partner]) await hub.misbehave(system, 'unavailable', 1)
  const till = await atTheTill(hub)
  await Promise.all([
    used('ShopifyDemoStore-Poll', 'dynamodb:PutItem', 'token#'),
    used('ShipbobDemoWms-Poll', 'dynamodb:PutItem', 'checkpoint#'),
    used('NetsuiteDemoErp-Effects', 'dynamodb:BatchWriteItem'),
  ])
  await hub.misbehave(erp, 'unavailable', 1)
  await cloud.names(erp, 'sku', 'LAMP', 'MUG-STONE')

  // An order waits for names at the warehouse and at the shop, whose outage meets the lane.
  const order = sold([{ sku: 'LAMP', quantity: 2 }])
  await hub.place(order)
  await used('ShipbobDemoWms-Effects', 'dynamodb:BatchWriteItem')
  await used('GenericWebhookDemoPartner-Eff', 'dynamodb:BatchWriteItem')
  await cloud.names(wms, 'sku', 'VASE', 'VASE')
  // Sweeps may meet some of it.
  await hub.misbehave(wms, 'unavailable', 3)
  await cloud.names(wms, 'sku', 'LAMP', 'LAMP')
  await cloud.names(partner, 'sku', 'LAMP', 'LAMP')
  await used('ShopifyDemoStore-Effects', 'dynamodb:BatchWriteItem')
  // The shop was asked for what the warehouse's names are about; now only the lane needs its token.
  await cloud.dropToken(shop)
  await cloud.names(shop, 'carrier', 'USPS', 'USPS')
  await hub.misbehave(shop, 'unavailable', 2)
  await hub.until('a complete order', [order], isComplete)

  // A hint is fetched, once the shop can be asked.
  await cloud.dropToken(shop)
  await hub.misbehave(shop, 'unavailable', 2)
  await hub.webhook(`{"id":1,"order_id":${order.id}}`, { topic: 'refunds/create' })
  await used('IntakeConsumer', 'dynamodb:PutItem', 'token#')

  // A person edits an order, and its channel speaks of it again.
  await till.asks()
  const api = apiOf(hub.ready)
  const edit = { do: 'edit', field: 'shipTo.city', value: 'Salem', reason: 'as the shopper wrote' }
  await api.post(`/orders/${order.orderId}/commands`, edit)
  await hub.place(later(order, 5, { note: 'ring twice' }))

  // Its customer asks what is kept, and is forgotten, at the shop and at the desk.
  const account = { shop_id: 1, shop_domain: 'demo-store.myshopify.com' }
  const asking = { ...account, customer: { id: 1 }, orders_requested: [order.id] }
  const topic = 'customers/data_request'
  await hub.webhook(JSON.stringify({ ...asking, data_request: { id: 1 } }), { topic })
  await used('PrivacyRequests', 's3:PutObject')
  await api.post('/privacy-requests', { kind: 'erasure', order: order.orderId })
  await used('PrivacyRequests', 'dynamodb:DeleteItem')

  await cloud.hints({ orderId: `${order.orderId}0`, intentId: 'create-order' })
  await runFunction(hub.hub.cloud, 'CrossReferenceFilesExports')
  await stockIsCounted(hub, cloud)
  await countOf(hub, 30)
  await cloud.counts('main,MUG-STONE,7')
  await peopleAsk(hub)
}

/** Stock is counted, moved, offered, sold, short and found again. */
async function stockIsCounted(
  hub: OpenedHub,
  cloud: Pick<ReturnType<typeof operatorOf>, 'dropToken'>,
): Promise<void> {
  const api = apiOf(hub.ready)
  await countOf(hub, 10)
  const counts = [{ sku: 'VASE', onHand: 3 }]
  const stock = `${hub.ready.twins[shop]}/_twin/stock`
  await fetch(stock, { method: 'POST', body: JSON.stringify({ counts }) })
  for (const [system, comparison] of [
    [shop, 'ListingsCompare'],
    [wms, 'CountMain'],
  ] as const) {
    await cloud.dropToken(system)
    await hub.misbehave(system, 'unavailable', 1)
    // Meets the outage, unless a sweep was faster; then it does its work.
    for (let turn = 0; turn < 2; turn++) {
      await runFunction(hub.hub.cloud, comparison).catch(() => undefined)
    }
  }
  const order = sold([{ sku: 'VASE', quantity: 12, price: '1.00' }])
  await hub.place(order)
  await eventually('the order', () => hub.head(order))
  const receipt = { kind: 'receipt', sku: 'VASE', quantity: 5, at: new Date().toISOString() }
  await api.post('/stock/movements', { location: 'main', movements: [{ ...receipt, id: 'r1' }] })
  await api.get('/stock?sku=VASE')
  await api.get(`/availability?channel=${shop}&sku=VASE`)
}

const countOf = (hub: OpenedHub, onHand: number) =>
  apiOf(hub.ready).post('/stock/counts', {
    location: 'main',
    at: new Date().toISOString(),
    counts: [{ sku: 'VASE', onHand }],
  })

/** People want to know what is kept of them, and to be forgotten. */
async function peopleAsk(hub: OpenedHub): Promise<void> {
  const api = apiOf(hub.ready)
  const order = sold([{ sku: 'VASE' }], {
    customer: { id: 207001, first_name: 'A', last_name: 'B' },
  })
  await hub.place(order)
  await eventually('the order', () => hub.head(order))
  for (const kind of ['disclosure', 'erasure']) {
    await api.post('/privacy-requests', { kind, order: order.orderId })
  }
  const customer = { id: 207001, email: 'x@y.example' }
  const account = { shop_id: 954889, shop_domain: 'demo-store.myshopify.com' }
  const redact = { ...account, customer, orders_to_redact: [] }
  await hub.webhook(JSON.stringify(redact), { topic: 'customers/redact' })
}

/** Somebody at a till submits an order and asks for everything there is to know. */
async function atTheTill(hub: OpenedHub) {
  const api = apiOf(hub.ready)
  const submit = async (sku: string) => {
    const lines = [{ id: '1', sku, title: 'Lamp', quantity: 2, unitPrice: '12.50' }]
    const made = submitted({ lines })
    await api.post('/channels/order-api/point-of-sale/orders', made.body)
    return eventually('the order', async () => {
      const { status } = await api.get(`/orders/${made.orderId}`)
      return status === 200 ? made : undefined
    })
  }
  await submit('NEVER-MAPPED')
  const order = await submit('LAMP')
  return {
    async asks() {
      const headers = { 'x-purpose': 'address-check' }
      for (const path of [
        `/orders/${order.orderId}?people=true`,
        `/orders/${order.orderId}/timeline`,
        `/orders?reference=SO1`,
        '/exceptions',
      ]) {
        await api.get(path, { headers })
      }
      const { orderId } = await submit('NOT-FOR-SALE')
      await api.post(`/orders/${orderId}/commands`, { do: 'cancel', reason: 'nobody has it' })
    },
  }
}

/** What an operator does, who may do everything. */
function operatorOf({ hub: { cloud } }: OpenedHub) {
  const { awsUrl: endpoint, region } = cloud
  const means = { endpoint, region, credentials: operator }
  const s3 = new S3Client({ ...means, forcePathStyle: true })
  const sqs = new SQSClient(means)
  const dynamodb = new DynamoDBClient(means)
  const named = (type: string, id: string): string => {
    const found = cloud
      .resources()
      .find((one) => one.type === type && (one.id.startsWith(id) || one.name.includes(id)))
    if (!found) throw new Error(`the stacks have no ${id}`)
    return found.name
  }
  let files = 0
  return {
    names: async (...row: readonly string[]) => {
      const Bucket = named('AWS::S3::Bucket', 'Files')
      files += 1
      const Body = `connection,kind,code,name\n${row.join(',')}\n`
      await s3.send(new PutObjectCommand({ Bucket, Key: `imports/${files}.csv`, Body }))
    },
    dropToken: async (connection: string) => {
      const TableName = named('AWS::DynamoDB::GlobalTable', 'Cursors')
      const Key = { pk: { S: `token#${connection}` } }
      await dynamodb.send(new DeleteItemCommand({ TableName, Key }))
    },
    hints: async (hint: object) => {
      const lanes = { NetsuiteDemoErp: erp, ShipbobDemoWms: wms, ShopifyDemoStore: shop }
      for (const [lane, connection] of [
        ...Object.entries(lanes),
        ['GenericWebhookDemoPartner', partner],
      ]) {
        const QueueName = named('AWS::SQS::Queue', `${lane}-EffectsLaneQ`)
        const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }))
        const MessageBody = JSON.stringify({ ...hint, connection })
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
      }
    },
    counts: async (...rows: readonly string[]) => {
      const Bucket = named('AWS::S3::Bucket', 'Files')
      const Body = `location,sku,onHand\n${rows.join('\n')}\n`
      await s3.send(new PutObjectCommand({ Bucket, Key: 'stock/counts.csv', Body }))
    },
  }
}
