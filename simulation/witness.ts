import { gunzipSync } from 'node:zlib'
import { commandEvents } from '../domain/order/commands.ts'
import { stepsOfPage } from '../platform/dynamodb/order-record.ts'
import type { Command } from '../schemas/api/command.ts'
import type { ExceptionCode } from '../schemas/events/exception.ts'
import { commitName } from '../schemas/stored/commit-record.ts'
import type { Intent, OrderState } from '../schemas/stored/order-state.ts'
import { type Asked, Calls } from './calls.ts'
import { hashed } from './draw.ts'
import { skewMs } from './environment.ts'
import type { Records } from './records.ts'
import type { Story } from './story.ts'
import type { Change } from './tables.ts'
import { type Work, workNow } from './work.ts'

/** Something that must never be so. */
export interface Breach {
  readonly promise: string
  readonly what: string
  readonly order?: string | undefined
  /** In the words of the warehouses. */
  readonly article?: string | undefined
}

/** An order's item, unpacked: what the ledger could not read again it would have refused. */
interface OrderRecord {
  readonly state: OrderState
  readonly steps: readonly Step[]
}

interface Step {
  readonly rev: number
  readonly events: readonly {
    readonly type: string
    readonly intentId?: string
    readonly reason?: string
  }[]
}

/** Sees every message that was sent, every write and every call, and says at once where one breaks a promise. */
export class Witness {
  readonly breaches: Breach[] = []
  /** Called with every order as it was written. */
  ordered: (state: OrderState) => void = () => {}
  /** Bodies of every message that was ever on a queue that is worked, by queue; one that was put back is the same one. */
  readonly sent: {
    readonly queue: string
    readonly body: string
    readonly group: string | undefined
  }[] = []
  /** When each order got somewhere, by the event that says so. */
  readonly reached = new Map<string, Map<string, number>>()
  readonly #heads = new Map<string, OrderState>()
  /** The steps of each order's record, as text. */
  readonly #steps = new Map<string, readonly string[]>()
  readonly #said = new Set<string>()
  readonly #durable = new Set<string>()
  /** Commands that people gave, by their order. */
  readonly #given = new Map<string, readonly Given[]>()
  readonly #calls: Calls
  readonly #story: Story
  readonly #decodeState: Records['decodeState']

  constructor(story: Story, { decodeState }: Pick<Records, 'decodeState'>) {
    this.#story = story
    this.#decodeState = decodeState
    this.#calls = new Calls(story.now, (...breach) => this.breach(...breach))
  }

  /** Every order as it was written last. */
  get heads(): ReadonlyMap<string, OrderState> {
    return this.#heads
  }

  breach(promise: string, what: string, order?: string): void {
    this.#story.tell(`BREACH of "${promise}": ${what}`, { order })
    this.breaches.push({ promise, what, order })
  }

  message(queue: string, body: string, group: string | undefined): void {
    const said = `${queue} ${body.replace(/"(again|turns)":\d+/, '')}`
    if (this.#said.has(said)) return
    this.#said.add(said)
    this.sent.push({ queue, body, group })
    if (!body.startsWith('{"connection"')) return
    const { connection, body: zipped } = JSON.parse(body)
    if (zipped === undefined) return
    const raw = gunzipSync(Buffer.from(zipped, 'base64')).toString()
    this.#durable.add(keyOf(connection, raw))
  }

  accepted(connection: string, body: string): void {
    if (this.#durable.has(keyOf(connection, body))) return
    this.breach('accepted means durable', `${connection} got a 2xx for what is on no queue`)
  }

  /** A person gave a command. Comes back with what to do when it was answered with a 2xx. */
  commanded(order: string, name: string, command: Command): () => void {
    const given: Given = { name, command, wasDone: false }
    this.#given.set(order, [...(this.#given.get(order) ?? []), given])
    this.#see(order)
    return () => {
      if (given.wasDone) return
      this.breach('accepted means durable', `${command.do} was answered and not done`, order)
    }
  }

  /** Whether, as the order is now, each of its commands was carried out or would change nothing. */
  #see(order: string): void {
    const head = this.#heads.get(order)
    if (!head) return
    const at = new Date(this.#story.now()).toISOString()
    for (const given of this.#given.get(order) ?? []) {
      const fact = { type: 'command', id: '', by: '', command: given.command, at } as const
      given.wasDone ||= head.commands.includes(given.name) || commandEvents(head, fact).length === 0
    }
  }

  /** A request that reached a vendor, before its answer. */
  asked(asked: Asked): void {
    this.#calls.asked(asked, (other) => this.#holds(other))
  }

  /** Nobody waits for its answer any more. */
  over(asked: Asked): void {
    this.#calls.over(asked)
  }

  /** There was no answer. */
  doubted(asked: Asked): void {
    this.#calls.doubted(asked)
  }

  #holds({ order, intent }: Work): boolean {
    const { state, leaseUntil = '' } = this.#heads.get(order)?.intents[intent] ?? {}
    return state === 'sent' && Date.parse(leaseUntil) > this.#story.now() + skewMs
  }

  changed({ image, key }: Change): void {
    if (image === undefined || key['sk'] !== 'head') return
    const { state, steps } = this.#decodeState(image['record']) as OrderRecord
    this.#history(state, steps)
    this.#head(state)
  }

  /** What was told stays told: a step is added to those before, or begins after a page was full. */
  #history({ id, rev }: OrderState, steps: readonly Step[]): void {
    const before = this.#steps.get(id) ?? []
    const texts = steps.map((step) => JSON.stringify(step))
    this.#steps.set(id, texts)
    const kept = before.every((text, at) => text === texts[at])
    const turned = before.length === stepsOfPage && steps.length === 1
    if (!kept && !turned) this.breach('nothing hides', `revision ${rev} lost steps before it`, id)
    const latest = steps.at(-1)
    if (latest?.rev === rev) this.#commit(id, latest)
  }

  #commit(order: string, { rev, events }: Step): void {
    this.#story.tell(`${commitName(rev)}: ${events.map(said).join(', ')}`, { order })
    const reached = this.reached.get(order) ?? new Map<string, number>()
    for (const { type } of events) if (!reached.has(type)) reached.set(type, this.#story.now())
    this.reached.set(order, reached)
  }

  #head(after: OrderState): void {
    const before = this.#heads.get(after.id)
    this.#heads.set(after.id, after)
    this.ordered(after)
    const rev = before?.rev ?? 0
    if (after.rev !== rev + 1) {
      this.breach('nothing hides', `revision ${after.rev} follows ${rev}`, after.id)
    }
    const over = before?.cancelledAt !== undefined
    for (const [id, intent] of Object.entries(before?.intents ?? {})) {
      const now = after.intents[id]
      const broken = now
        ? whatBroke(intent, now, { over, at: this.#story.now() })
        : 'lost its epoch'
      if (broken) this.breach('at most one effect', `${id} ${broken}`, after.id)
      if (now) this.#calls.moved({ order: after.id, intent: id }, intent, now)
    }
    for (const id of Object.keys(after.intents)) {
      const early = before?.intents[id] ? undefined : whatComesFirst(after, id)
      if (early) this.breach('one after another', `${id} was asked for before ${early}`, after.id)
    }
    if (after.cancelledAt && !before?.cancelledAt && isReleasing(after)) {
      this.breach('one after another', 'it was cancelled while it was being released', after.id)
    }
    if (new Set(after.commands).size < after.commands.length) {
      this.breach('at most one effect', 'a command was carried out twice', after.id)
    }
    for (const [key, { code, reason }] of Object.entries(after.exceptions)) {
      if (before?.exceptions[key] || !unfounded.has(code)) continue
      this.breach('no needless exception', `${code} was raised: ${reason}`, after.id)
    }
    const named = Object.values(after.exceptions).map(({ subject }) => subject)
    for (const [id, { state }] of Object.entries(after.intents)) {
      if (state !== 'refused' || named.includes(id)) continue
      this.breach('nothing in limbo', `${id} was refused, and no exception names it`, after.id)
    }
    claimed(after, before)
    this.#see(after.id)
  }
}

interface Given {
  readonly name: string
  readonly command: Command
  wasDone: boolean
}

interface When {
  readonly over: boolean
  readonly at: number
}

/** What must not become of a piece of work. */
function whatBroke(before: Intent, after: Intent, { over, at }: When): string | undefined {
  const begun = after.state === 'sent' && after.epoch > before.epoch
  const isBefore = (instant = '') => Date.parse(instant) > at + 2 * skewMs
  if (after.epoch < before.epoch) return 'lost its epoch'
  if (begun && over && begins.has(before.effect) && before.state === 'pending')
    return 'was begun after the order was cancelled'
  if (begun && before.state === 'sent' && isBefore(before.leaseUntil))
    return 'was taken from the worker that holds it'
  if (begun && before.state !== 'sent' && isBefore(before.notBefore)) return 'was begun too early'
  if (before.state === 'done' && after.state !== 'done') return `was done and is ${after.state}`
  if (before.reference && after.reference?.id !== before.reference.id)
    return 'has another document than before'
  return undefined
}

/** What had to come to its end before this was asked for, and has not. */
function whatComesFirst({ intents, stages }: OrderState, id: string): string | undefined {
  const [effect = '', parcel = ''] = id.split(':')
  if (effect === 'release-order') {
    return intents['create-order']?.state === 'done' ? undefined : 'the ERP had the order'
  }
  if (effect !== 'confirm-shipment' || stages[`confirmed:${parcel}`]?.scored) return undefined
  const posting = intents[`post-shipment:${parcel}`]?.state ?? 'pending'
  return ['pending', 'sent', 'doubt'].includes(posting) ? 'the ERP had the parcel' : undefined
}

const isReleasing = ({ intents }: OrderState): boolean =>
  Object.values(intents).some(
    ({ effect, state }) => effect === 'release-order' && (state === 'sent' || state === 'doubt'),
  )

/** Whoever wrote this holds what it claimed for as long as it says. */
function claimed({ id, intents }: OrderState, before: OrderState | undefined): void {
  const work = workNow()
  const intent = work?.order === id ? intents[work.intent] : undefined
  if (!work || intent?.state !== 'sent' || !intent.leaseUntil) return
  if (intent.epoch > (before?.intents[work.intent]?.epoch ?? 0)) work.leaseUntil = intent.leaseUntil
}

/** What nothing that goes wrong here is a reason for. */
const unfounded: ReadonlySet<string> = new Set<ExceptionCode>([
  'address-review',
  'fraud-review',
  'impossible-order',
  'in-doubt',
  'missing-address',
  'missing-sku',
  'money-mismatch',
  'no-route',
  'payment-pending',
  'pending-at-channel',
  'personal-data-gone',
  'test-order',
  'unmapped-code',
  'unreadable-payload',
])

/** What nobody begins for an order that is over. */
const begins: ReadonlySet<string> = new Set(['create-order', 'release-order'])

const keyOf = (connection: string, body: string): string =>
  `${connection} ${hashed(body, 1)} ${hashed(body, 2)}`

const said = ({ type, intentId, reason }: Step['events'][number]): string =>
  [type, intentId, reason && `(${reason})`].filter(Boolean).join(' ')
