import { createHash } from 'node:crypto'
import { recordFact } from '../../domain/order/record-fact.ts'
import { answerPrivacyRequest } from '../../functions/answer-privacy-request/answer-privacy-request.ts'
import type { PrivacyDeps, Store } from '../../functions/answer-privacy-request/privacy-deps.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { type PrivacyRequest, untouched } from '../../schemas/messages/privacy-request.ts'
import { MemoryLedger } from './memory-ledger.ts'
import { policy, shop, start } from './orders.ts'

/** A store in memory that lists two names at a time. */
function memoryStore(): Store & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>()
  return {
    texts,
    async list(beginning, after = '') {
      const names = [...texts.keys()].filter((name) => name.startsWith(beginning) && name > after)
      return { names: names.toSorted().slice(0, 2), more: names.length > 2 }
    },
    read: async (name) => texts.get(name) ?? '',
    async write(name, text) {
      texts.set(name, text)
    },
  }
}

/** Everything that a privacy request reaches, in memory. The vault gives a page of one order at a time. */
export function openPrivacy() {
  const ledger = new MemoryLedger()
  const people = new Map<OrderId, Order['people']>()
  const messages = memoryStore()
  const files = memoryStore()
  const queue: string[] = []
  const disclosed: (readonly OrderId[])[] = []
  const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 24)
  const learning = { ledger, policy, jitter: async () => {} }
  const deps: PrivacyDeps = {
    ...learning,
    messages,
    files,
    vault: {
      async find({ connection, customer }, cursor = '') {
        const ids = [...people.keys()].filter((id) => id > cursor).toSorted()
        const [id] = ids
        if (id === undefined) return { ids: [] }
        const fits =
          id.startsWith(connection.replace('/', '_')) &&
          (customer === undefined || people.get(id)?.customer?.id === customer)
        return { ids: fits ? [id] : [], ...(ids.length > 1 && { cursor: id }) }
      },
      async erase(id) {
        people.delete(id)
      },
    },
    past: { forget: (id) => ledger.forgetPast(id) },
    hostsOf: () => ['demo-store.myshopify.com'],
    digest,
    again: async (body) => {
      queue.push(body)
    },
    clock: () => new Date(start),
    disclosed: (orders) => disclosed.push(orders),
  }
  return {
    ledger,
    people,
    messages,
    files,
    deps,
    digest,
    disclosed,
    async capture(order: Order) {
      people.set(order.id, order.people)
      const snapshot = { type: 'snapshot', order, authority: 'body', receivedAt: start } as const
      await recordFact({ id: order.id }, { ...snapshot, at: start }, learning)
    },
    /** Answers a request to its end; resolves with what was written down of it. */
    async answer(change: Partial<PrivacyRequest>) {
      const request = {
        id: 'r1',
        kind: 'erasure',
        connection: shop,
        by: shop,
        askedAt: start,
      } as const
      queue.push(JSON.stringify(untouched({ ...request, ...change })))
      for (let body = queue.shift(); body !== undefined; body = queue.shift()) {
        await answerPrivacyRequest(body, deps)
      }
      return JSON.parse(files.texts.get(`privacy/${change.id ?? request.id}.json`) ?? '{}')
    },
  }
}
