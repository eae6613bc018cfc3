import { createHash } from 'node:crypto'
import { Settings } from '../../connectors/generic-webhook/settings.ts'
import { sign } from '../../connectors/generic-webhook/sign.ts'
import { door } from '../../connectors/generic-webhook/verify.ts'
import { Message } from '../../connectors/generic-webhook/wire.ts'
import { parse } from '../../domain/parse.ts'
import type { MakeTwin, TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import { type Partner, partner, type ToldReport } from './partner.ts'
import { problem } from './reply.ts'

/** How long a lagging look-up does not know what was done. */
const lagMs = 10_000

/** A partner's system of either kind. The README says what it does by itself. */
export const twin: MakeTwin = (world) => {
  const settings = Settings.parse(world.settings)
  const secret = secretOf(settings.url)
  const report = (told: ToldReport) => {
    const body = JSON.stringify(told)
    const id = `msg_${createHash('sha256').update(body).digest('hex').slice(0, 32)}`
    const headers = sign({ id, body, now: world.now() }, secret.webhookSecrets)
    world.deliver({ headers: { 'content-type': 'application/json', ...headers }, body })
  }
  const desk = { world, settings, at: partner(world, report) }
  return {
    secret,
    handle: async (request) => {
      const { headers, body } = request
      const signed = { headers, body: Buffer.from(body), now: world.now() }
      return door.verify(signed, secret.signingSecrets)
        ? route(request, desk)
        : problem(401, 'The signature does not fit.')
    },
    state: () => ({
      orders: world.documents.all('orders'),
      shipments: world.documents.all('shipments'),
    }),
    tick: async () => finishWhatIsDue(desk),
    throttled: { ...problem(429, 'Slow down.'), headers: { 'retry-after': '1' } },
    unavailable: problem(503, 'The system is down.'),
  }
}

interface Desk {
  readonly world: TwinWorld
  readonly settings: Settings
  readonly at: Partner
}

/** What was answered to a webhook-id; without a reply it was taken and is still worked at. */
interface Remembered {
  readonly orderId: string
  readonly atMs: number
  readonly reply?: TwinReply
  readonly body: string
}

function route(request: TwinRequest, desk: Desk): TwinReply {
  const { url, lookupUrl } = desk.settings
  const { origin, pathname } = new URL(url)
  if (request.method === 'POST' && request.path === pathname) return take(request, desk)
  const [before, after = ''] = lookupUrl?.split('{orderId}') ?? []
  const asked = `${before && new URL(before).origin}${request.path}`
  if (request.method === 'GET' && before && asked.startsWith(before)) {
    return tell(request, asked.slice(before.length).split(after || '?')[0], desk)
  }
  return problem(404, `There is nothing at ${origin}${request.path}.`)
}

function take({ headers, body }: TwinRequest, desk: Desk): TwinReply {
  const { world, settings, at } = desk
  const id = headers['webhook-id'] ?? ''
  const known = remembered(world, id)
  if (known && settings.isIdempotent) return known.reply ?? accepted
  const message = parse(Message, body)
  if (!message.ok) return problem(422, `The message does not fit: ${said(message.error)}`)
  const { effect, orderId, lines } = message.value
  if (isOf(effect) !== settings.kind) return problem(422, `This system does not ${effect}.`)

  const memory = { orderId, atMs: world.now().getTime(), body }
  if (isNew(effect) && lines.some(({ sku }) => sku === 'TWIN-LATER')) {
    world.documents.put('messages', id, memory)
    world.documents.put('later', 'ids', [...later(world), id])
    return accepted
  }
  const reply = at.work(message.value)
  // A refusal is forgotten, so that the same message may be taken once its cause is gone.
  if (reply.status < 300) world.documents.put('messages', id, { ...memory, reply })
  return reply
}

/** What became of the message whose id asks. */
function tell({ headers }: TwinRequest, orderId: string | undefined, { world }: Desk): TwinReply {
  const known = remembered(world, headers['webhook-id'] ?? '')
  const isFresh = known && known.atMs > world.now().getTime() - lagMs
  const hidden = world.lagging() && isFresh
  if (!known || known.orderId !== orderId || hidden) return problem(404, 'Nothing was done.')
  return known.reply ? { ...known.reply, status: 200 } : accepted
}

/** How long what is answered later takes. */
const laterMs = 300

function finishWhatIsDue({ world, at }: Desk): void {
  const ids = later(world)
  const due = ids.filter((id) => {
    const { atMs = 0 } = remembered(world, id) ?? {}
    return atMs + laterMs <= world.now().getTime()
  })
  for (const id of due) {
    const memory = remembered(world, id)
    const message = parse(Message, memory?.body ?? '')
    if (!memory || !message.ok) continue
    const reply = at.work(message.value)
    world.documents.put('messages', id, { ...memory, reply })
    at.answer(message.value, reply)
  }
  if (due.length > 0) {
    world.documents.put(
      'later',
      'ids',
      ids.filter((id) => !due.includes(id)),
    )
  }
  at.doWhatIsDue()
}

// Only this file writes these two kinds.
const remembered = ({ documents }: TwinWorld, id: string) =>
  documents.get('messages', id) as Remembered | undefined
const later = ({ documents }: TwinWorld) =>
  (documents.get('later', 'ids') ?? []) as readonly string[]

const isOf = (effect: Message['effect']): Settings['kind'] =>
  effect.endsWith('release') || effect === 'release-order' ? 'wms' : 'erp'

const isNew = (effect: Message['effect']): boolean =>
  effect === 'create-order' || effect === 'release-order'

const said = ({ reason }: { readonly reason: string }): string => reason.slice(0, 200)

const accepted: TwinReply = { status: 202, body: '' }

/** The same for the same address, so that a restart changes no secret. */
function secretOf(url: string) {
  const derived = (what: string) =>
    `whsec_${createHash('sha256').update(`webhook twin ${url} ${what}`).digest('base64')}`
  return { signingSecrets: [derived('ours')], webhookSecrets: [derived('theirs')] }
}
