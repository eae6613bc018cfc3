import { gunzipSync } from 'node:zlib'
import { stepsOfPage } from '../../platform/order-record.ts'
import { unpacked } from '../../platform/packed.ts'
import { commitName } from '../../schemas/stored/commit-record.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { hashed } from './draw.ts'
import type { Story } from './story.ts'
import { type Change, itemIn } from './tables.ts'

/** Something that must never be so. */
export interface Breach {
  readonly promise: string
  readonly what: string
  readonly order?: string | undefined
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
  /** Bodies of every message that was ever on a queue that is worked, by queue. */
  readonly sent: {
    readonly queue: string
    readonly body: string
    readonly group: string | undefined
  }[] = []
  /** When each order got somewhere, by the event that says so. */
  readonly reached = new Map<string, Map<string, number>>()
  readonly #heads = new Map<string, OrderState>()
  readonly #steps = new Map<string, readonly Step[]>()
  readonly #durable = new Set<string>()
  /** Writes whose answer was lost and that nobody looked for since. */
  readonly #doubts = new Map<string, string>()
  readonly #story: Story

  constructor(story: Story) {
    this.#story = story
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

  /** A call that reached a vendor, before its answer. */
  asked(
    connection: string,
    kind: 'read' | 'write',
    intent: string | undefined,
    order?: string,
  ): void {
    const key = `${connection} ${order} ${intent}`
    const doubt = this.#doubts.get(key)
    if (kind === 'read') this.#doubts.delete(key)
    else if (doubt !== undefined) {
      this.#doubts.delete(key)
      this.breach('at most one effect', `${doubt}, and it was written again without a look`, order)
    }
  }

  doubted(connection: string, intent: string | undefined, order: string | undefined): void {
    if (intent === undefined || order === undefined) return
    this.#doubts.set(`${connection} ${order} ${intent}`, `${intent} at ${connection} had no answer`)
  }

  changed({ image, key }: Change): void {
    if (image === undefined || key['sk'] !== 'head') return
    const { state, steps } = unpacked(itemIn(image)['record']) as OrderRecord
    this.#history(state, steps)
    this.#head(state)
  }

  /** What was told stays told: a step is added to those before, or begins after a page was full. */
  #history({ id, rev }: OrderState, steps: readonly Step[]): void {
    const before = this.#steps.get(id) ?? []
    this.#steps.set(id, steps)
    const kept = JSON.stringify(steps.slice(0, before.length)) === JSON.stringify(before)
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
    const rev = before?.rev ?? 0
    if (after.rev !== rev + 1) {
      this.breach('nothing hides', `revision ${after.rev} follows ${rev}`, after.id)
    }
    const over = before?.cancelledAt !== undefined
    for (const [id, intent] of Object.entries(before?.intents ?? {})) {
      const now = after.intents[id]
      if (!now || now.epoch < intent.epoch) {
        this.breach('at most one effect', `${id} lost its epoch`, after.id)
      } else if (
        over &&
        begins.has(intent.effect) &&
        intent.state === 'pending' &&
        now.state === 'sent'
      ) {
        this.breach('convergence', `${id} was begun after the order was cancelled`, after.id)
      } else if (intent.state === 'done' && now.state !== 'done') {
        this.breach('at most one effect', `${id} was done and is ${now.state}`, after.id)
      } else if (intent.reference && now.reference?.id !== intent.reference.id) {
        this.breach('at most one effect', `${id} has another document than before`, after.id)
      }
    }
  }
}

/** What nobody begins for an order that is over. */
const begins: ReadonlySet<string> = new Set(['create-order', 'release-order'])

const keyOf = (connection: string, body: string): string =>
  `${connection} ${hashed(body, 1)} ${hashed(body, 2)}`

const said = ({ type, intentId, reason }: Step['events'][number]): string =>
  [type, intentId, reason && `(${reason})`].filter(Boolean).join(' ')
