import { createHmac, randomUUID } from 'node:crypto'
import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb'
import { z } from 'zod'
import { statusOf } from '../../../domain/order/state.ts'
import { type LedgerReader, ledgerReader } from '../../../local/demo/ledger-reader.ts'
import type { OrderState } from '../../../schemas/stored/order-state.ts'
import { look } from '../../support/patience.ts'
import type { Sold } from './sold.ts'

/** The line that a program reads when a hub is ready. */
export const Ready = z.object({
  ready: z.literal(true),
  url: z.string(),
  webhooks: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), z.string()),
  twins: z.record(z.string(), z.string()),
  aws: z.string(),
  api: z.object({
    url: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    region: z.string(),
  }),
})
export type Ready = z.infer<typeof Ready>

export const shop = 'shopify/demo-store'
export const erp = 'netsuite/demo-erp'
export const wms = 'shipbob/demo-wms'

/** Credentials of nobody in the templates, who may do everything. */
export const operator = { accessKeyId: 'operator', secretAccessKey: 'operator' }

/** A client of a running hub that knows nothing but the ready line. */
export async function outsideOf(ready: Ready) {
  const dynamodb = new DynamoDBClient({
    endpoint: ready.aws,
    region: 'us-east-1',
    credentials: operator,
  })
  const ledger = ledgerReader(dynamodb, await ledgerTable(dynamodb))
  const twin = (connection: string) => `${ready.twins[connection]}/_twin`

  const ask = async (url: string, init: RequestInit): Promise<unknown> => {
    const response = await fetch(url, init)
    const text = await response.text()
    if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text}`)
    return JSON.parse(text)
  }
  return {
    ready,
    ledger,

    /** A webhook of the shop, signed as the shop does unless `headers` say otherwise. */
    webhook(body: string, { topic = 'orders/updated', headers = {} }: Delivery = {}) {
      return fetch(ready.webhooks[shop] ?? '', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-shopify-topic': topic,
          'x-shopify-webhook-id': randomUUID(),
          'x-shopify-hmac-sha256': signature(body, ready.secrets[shop] ?? ''),
          ...headers,
        },
        body,
      })
    },

    /** Places an order at the shop, whose twin sends the webhook unless it is to be lost. */
    place: ({ text }: Sold, { deliver = true } = {}) =>
      ask(`${twin(shop)}/orders?deliver=${deliver}`, { method: 'POST', body: text }),

    misbehave: (connection: string, how: string, next: number) =>
      ask(`${twin(connection)}/misbehave`, {
        method: 'POST',
        body: JSON.stringify({ how, next, seconds: 1 }),
      }),

    documents: async <T extends z.ZodType>(
      connection: string,
      kind: string,
      schema: T,
    ): Promise<z.infer<T>[]> => {
      const state = z.record(z.string(), z.array(z.unknown()))
      const all = state.parse(await ask(`${twin(connection)}/state`, { method: 'GET' }))
      return z.array(schema).parse(all[kind])
    },

    async head({ orderId }: Sold): Promise<OrderState | undefined> {
      return (await ledger.heads()).find(({ id }) => id === orderId)
    },

    /** Resolves with the states of these orders when all are as they should be. */
    async until(
      what: string,
      orders: readonly Pick<Sold, 'orderId'>[],
      condition: (state: OrderState) => boolean,
    ): Promise<readonly OrderState[]> {
      const heads = await eventually(what, async () => {
        const byId = await headsById(ledger)
        const states = orders.flatMap(({ orderId }) => byId.get(orderId) ?? [])
        const waiting = orders.length - states.filter(condition).length
        if (waiting === 0) return states
        return Error(`${waiting} of ${orders.length} are not: ${states.map(told).join('; ')}`)
      })
      return heads
    },
  }
}
export type Outside = Awaited<ReturnType<typeof outsideOf>>

interface Delivery {
  readonly topic?: string
  readonly headers?: Readonly<Record<string, string>>
}

export const signature = (body: string | Uint8Array, secret: string): string =>
  createHmac('sha256', secret).update(body).digest('base64')

export const isComplete = (state: OrderState): boolean =>
  statusOf(state) === 'complete' && Object.keys(state.exceptions).length === 0

export const isCancelled = (state: OrderState): boolean =>
  statusOf(state) === 'cancelled' && !isTrying(state)

export const stands = (state: OrderState): boolean =>
  Object.keys(state.exceptions).length > 0 && !isTrying(state)

const isTrying = ({ intents }: OrderState): boolean =>
  Object.values(intents).some(({ state }) => state === 'sent' || state === 'doubt')

/** A sweep comes every six seconds here, so that what stands still for 60 is stuck. */
const patience = { everyMs: 100, looks: 600 }

/** Asks until there is an answer that is neither empty nor an error, and says at the end what was missing. */
export async function eventually<T extends object>(
  what: string,
  ask: () => Promise<T | Error | undefined>,
): Promise<T> {
  const answer = await look(ask, patience)
  if (answer instanceof Error) throw new Error(`waited in vain for ${what}: ${answer.message}`)
  return answer
}

async function headsById(ledger: LedgerReader): Promise<ReadonlyMap<string, OrderState>> {
  return new Map((await ledger.heads()).map((head) => [head.id, head]))
}

const told = (state: OrderState): string => {
  const intents = Object.entries(state.intents).map(([id, { state: s, trouble }]) =>
    [id, s, trouble].filter(Boolean).join(' '),
  )
  return [state.id, statusOf(state), ...intents, ...Object.keys(state.exceptions)].join(', ')
}

async function ledgerTable(client: DynamoDBClient): Promise<string> {
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    // One that was restored is behind the one before it.
    const found = TableNames.filter((name) => name.includes('Ledger'))
      .toSorted()
      .at(-1)
    if (found) return found
  }
  throw new Error('there is no ledger')
}
