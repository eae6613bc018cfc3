import { z } from 'zod'
import type { Connector } from '../../connectors/contract.ts'
import type { Account, Call } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { doubt, type Failure, halt, retry, wait } from '../../domain/failure.ts'
import { parseJson } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { MakeTwin, TwinReply, TwinRequest } from '../../twins/kit/twin.ts'

/** How a connector to this ERP may get it wrong. */
export type Mistake = 'none' | 'a draft is not there' | 'no lag' | 'begins anew' | 'repeats lines'

const Line = z.object({ sku: z.string(), quantity: z.int() })
const Draft = z.object({
  id: z.string(),
  reference: z.string(),
  state: z.string(),
  lines: z.array(Line),
  /** Since when it is there, in milliseconds. */
  since: z.number(),
})

/** How long a request that was cut off may still be carried out. */
const lateSeconds = 15

/** How long its search does not know of a new order. */
const indexLagMs = 5000

/** An ERP whose orders are a draft, lines one by one, and a confirmation; its references are not unique. */
export const draftTwin: MakeTwin = ({ documents, now }) => ({
  secret: {},
  lateSeconds,
  state: () => ({ orders: documents.all('orders') }),
  throttled: { status: 429 },
  unavailable: { status: 503 },
  handle: async ({ method, path, body }: TwinRequest): Promise<TwinReply> => {
    const all = documents.all('orders').map((each) => Draft.parse(each))
    const [, id = '', part] = /^\/orders\/?(\w*)\/?(\w*)/.exec(path) ?? []
    const order = all.find((one) => one.id === id)
    const answer = (value: unknown): TwinReply => ({ status: 200, body: JSON.stringify(value) })
    const keep = (value: z.infer<typeof Draft>): TwinReply => {
      documents.put('orders', value.id, value)
      return answer(value)
    }
    if (method === 'GET' && id !== '') return order ? answer(order) : { status: 404 }
    if (method === 'GET') {
      const reference = new URL(path, 'https://erp.example').searchParams.get('reference')
      return answer(
        all.filter(
          (one) => one.reference === reference && one.since <= now().getTime() - indexLagMs,
        ),
      )
    }
    const sent: unknown = JSON.parse(body || '{}')
    if (id === '') {
      const { reference } = z.object({ reference: z.string() }).parse(sent)
      return keep({
        id: String(all.length + 1),
        reference,
        state: 'draft',
        lines: [],
        since: now().getTime(),
      })
    }
    if (!order) return { status: 404 }
    if (part === 'lines') return keep({ ...order, lines: [...order.lines, Line.parse(sent)] })
    return keep({ ...order, state: 'confirmed' })
  },
})

async function call(
  account: Account,
  kind: Call['kind'],
  path: string,
  sent?: object,
): Promise<Result<unknown, Failure>> {
  const reply = await account.send({
    kind,
    method: kind === 'read' ? 'GET' : 'POST',
    url: `https://erp.example${path}`,
    ...(sent && { body: JSON.stringify(sent) }),
  })
  if (!reply.ok) return reply
  const { status, body } = reply.value
  if (status === 401) return err(halt('the ERP refuses the token'))
  if (status === 429) return err(wait('the ERP throttles', 2))
  const json = parseJson(body)
  const unsure = kind === 'write' ? doubt : retry
  return status === 200 && json.ok ? json : err(unsure(`the ERP answered ${status}`))
}

const wanted = ({ order, lines }: Subject): z.infer<typeof Line>[] =>
  order.lines.flatMap(({ id, sku }) => {
    const quantity = lines.find((line) => line.id === id)?.quantity ?? 0
    return sku !== undefined && quantity > 0 ? [{ sku, quantity }] : []
  })

/** Adds the lines that are not there yet, and confirms. */
async function complete(
  account: Account,
  subject: Subject,
  { id, lines }: Pick<z.infer<typeof Draft>, 'id' | 'lines'>,
): Promise<Result<{ id: string }, Failure>> {
  for (const line of wanted(subject).slice(lines.length)) {
    const added = await call(account, 'write', `/orders/${id}/lines`, line)
    if (!added.ok) return added
  }
  const confirmed = await call(account, 'write', `/orders/${id}/confirm`, {})
  return confirmed.ok ? ok({ id }) : confirmed
}

async function draftsOf(
  account: Account,
  { order }: Subject,
): Promise<Result<z.infer<typeof Draft>[], Failure>> {
  const found = await call(account, 'read', `/orders?reference=${encodeURIComponent(order.id)}`)
  return found.ok ? ok(z.array(Draft).parse(found.value)) : found
}

const createOrder = (mistake: Mistake): Effect => ({
  safety: {
    by: 'lookup',
    lagSeconds: mistake === 'no lag' ? 0 : lateSeconds + indexLagMs / 1000 + 1,
  },
  find: 'in-doubt',
  async look(account, subject) {
    const drafts = await draftsOf(account, subject)
    if (!drafts.ok) return drafts
    const begun = subject.steps?.idOf('draft')
    const [first] = drafts.value
    if (!first) return ok(begun === undefined ? undefined : { id: begun, isHalfMade: true })
    if (first.state === 'confirmed') return ok({ id: first.id })
    if (mistake === 'a draft is not there') return ok(undefined)
    return ok({ id: first.id, isHalfMade: true })
  },
  async make(account, subject) {
    const { id: reference } = subject.order
    const made = await call(account, 'write', '/orders', { reference })
    if (!made.ok) return made
    const draft = Draft.parse(made.value)
    subject.steps?.done('draft', draft.id)
    return complete(account, subject, draft)
  },
  ...(mistake !== 'begins anew' && {
    async finish(account: Account, subject: Subject, { id }: { id: string }) {
      const begun = await call(account, 'read', `/orders/${id}`)
      if (!begun.ok) return begun
      const lines = mistake === 'repeats lines' ? [] : Draft.parse(begun.value).lines
      return complete(account, subject, { id, lines })
    },
  }),
})

export const draftErp = (mistake: Mistake): Connector => ({
  id: 'draft-erp',
  title: 'ERP with drafts',
  settings: z.object({}),
  hosts: () => ['erp.example'],
  maxConcurrency: 2,
  topics: [],
  accounting: {
    effects: {
      'create-order': createOrder(mistake),
    },
    documentsOf: draftsOf,
  },
})
