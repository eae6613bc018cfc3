import { z } from 'zod'
import { agenda } from '../kit/agenda.ts'
import { answering, fitting, isAt } from '../kit/answer.ts'
import { readJson } from '../kit/body.ts'
import { digestOf } from '../kit/ids.ts'
import { isUnindexed } from '../kit/index-lag.ts'
import type { MakeTwin, TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import { standardSignature, standardWebhook } from '../kit/webhooks.ts'
import { Message } from './message.ts'
import { type Partner, partner, problem, type SentReport } from './partner.ts'

const Settings = z.object({
  capabilities: z.array(z.enum(['accounting', 'fulfilment'])),
  url: z.string(),
  isIdempotent: z.boolean().default(true),
  lookupUrl: z.string().optional(),
})
type Settings = z.infer<typeof Settings>

/** Seconds in which a lagging look-up does not know what was done. */
const lagSeconds = 10

/** How long what is answered later takes. */
const laterMs = 300

/** How far a signature's time may be from ours. */
const toleranceSeconds = 300

/** A partner's system of either kind. The README says what it does by itself. */
export const twin: MakeTwin = (world) => {
  const settings = Settings.parse(world.settings)
  const secret = secretOf(settings.url)
  const report = (what: SentReport) => {
    const body = JSON.stringify(what)
    const id = `msg_${digestOf(body).toString('hex').slice(0, 32)}`
    world.deliver(standardWebhook({ id, body, now: world.now() }, secret.webhookSecrets[0]))
  }
  const later = agenda<string>(world, 'later')
  const desk = { world, settings, later, at: partner(world, report) }
  return {
    secret,
    handle: answering((request) =>
      isSigned(request, secret.signingSecrets[0], world.now())
        ? route(request, desk)
        : problem(401, 'The signature does not fit.'),
    ),
    state: () => ({
      orders: world.documents.all('orders'),
      shipments: world.documents.all('shipments'),
    }),
    tick: async () => {
      later.doWhatIsDue((id) => finish(id, desk))
      desk.at.doWhatIsDue()
    },
    throttled: { ...problem(429, 'Slow down.'), headers: { 'retry-after': '1' } },
    unavailable: problem(503, 'The system is down.'),
  }
}

interface Desk {
  readonly world: TwinWorld
  readonly settings: Settings
  readonly later: ReturnType<typeof agenda<string>>
  readonly at: Partner
}

/** What was answered to a webhook-id; without a reply it was taken and is still worked at. */
interface Remembered {
  readonly orderId: string
  readonly atMs: number
  readonly reply?: TwinReply
  readonly body: string
}

/** As Standard Webhooks has it: one of the signatures fits, and the time is ours. */
function isSigned({ headers, body }: TwinRequest, secret: string, now: Date): boolean {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '' } = headers
  const isNow = Math.abs(now.getTime() / 1000 - Number(timestamp)) <= toleranceSeconds
  const given = (headers['webhook-signature'] ?? '').split(' ')
  return id !== '' && isNow && given.includes(standardSignature({ id, timestamp, body }, secret))
}

function route(request: TwinRequest, desk: Desk): TwinReply {
  const url = new URL(desk.settings.url)
  if (request.method === 'POST' && request.path === url.pathname && isAt(request, url.host)) {
    return take(request, desk)
  }
  const [before, after = ''] = desk.settings.lookupUrl?.split('{orderId}') ?? []
  const lookup = before ? new URL(before) : undefined
  if (request.method === 'GET' && lookup && isAt(request, lookup.host)) {
    const asked = `${lookup.origin}${request.path}`
    if (before && asked.startsWith(before)) {
      return tell(request, asked.slice(before.length).split(after || '?')[0], desk)
    }
  }
  return problem(404, `There is nothing at ${request.path}.`)
}

function take({ headers, body }: TwinRequest, { world, settings, later, at }: Desk): TwinReply {
  const id = headers['webhook-id'] ?? ''
  const known = remembered(world, id)
  if (known && settings.isIdempotent) return known.reply ?? accepted
  const message = fitting(Message, readJson(body), ({ issues: [issue] }) =>
    problem(422, `The message does not fit: ${issue?.path.join('.')}: ${issue?.message}`),
  )
  const { effect, orderId, lines } = message
  if (!settings.capabilities.includes(isOf(effect)))
    return problem(422, `This system does not ${effect}.`)

  const memory = { orderId, atMs: world.now().getTime(), body }
  if (isNew(effect) && lines.some(({ sku }) => sku === 'TWIN-LATER')) {
    world.documents.put('messages', id, memory)
    later.plan([{ task: id, afterMs: laterMs }])
    return accepted
  }
  const reply = at.work(message)
  // A refusal is forgotten, so that the same message may be taken once its cause is gone.
  if (reply.status < 300) world.documents.put('messages', id, { ...memory, reply })
  return reply
}

/** What became of the message whose id asks. */
function tell({ headers }: TwinRequest, orderId: string | undefined, { world }: Desk): TwinReply {
  const known = remembered(world, headers['webhook-id'] ?? '')
  if (known?.orderId !== orderId || !known || isUnindexed(world, known.atMs, lagSeconds)) {
    return problem(404, 'Nothing was done.')
  }
  return known.reply ? { ...known.reply, status: 200 } : accepted
}

function finish(id: string, { world, at }: Desk): void {
  const memory = remembered(world, id)
  const message = Message.safeParse(readJson(memory?.body ?? '')).data
  if (!memory || !message) return
  const reply = at.work(message)
  world.documents.put('messages', id, { ...memory, reply })
  at.answer(message, reply)
}

// Only this file writes the kind.
const remembered = ({ documents }: TwinWorld, id: string) =>
  documents.get('messages', id) as Remembered | undefined

const isOf = (effect: Message['effect']): Settings['capabilities'][number] =>
  effect.endsWith('release') || effect === 'release-order' ? 'fulfilment' : 'accounting'

const isNew = (effect: Message['effect']): boolean =>
  effect === 'create-order' || effect === 'release-order'

const accepted: TwinReply = { status: 202, body: '' }

/** The same for the same address, so that a restart changes no secret. */
function secretOf(url: string) {
  const derived = (what: string) =>
    [`whsec_${digestOf(`webhook twin ${url} ${what}`).toString('base64')}`] as const
  return { signingSecrets: derived('ours'), webhookSecrets: derived('theirs') }
}
