import type { Intent } from '../schemas/stored/order-state.ts'
import { skewMs } from './environment.ts'
import type { Story } from './story.ts'
import type { Work } from './work.ts'

/** A request of a worker that left for a system. */
export interface Asked {
  readonly connection: string
  readonly kind: 'read' | 'write'
  readonly work: Work
  readonly at: number
  /** Until when what it wrote may not be seen there, by what the connector says of its effect. */
  readonly seenFrom: number
}

type Breach = (promise: string, what: string, order: string) => void

/** Milliseconds that clocks may differ and a request may be on its way. */
const slackMs = 2 * skewMs + 1200

/** Sees what workers ask of systems, and says where one does what another has in hand, or does not look before it writes again. */
export class Calls {
  readonly #breach: Breach
  readonly #now: Story['now']
  readonly #underWay = new Set<Asked>()
  /** The last write of each piece of work whose end its worker has not told. */
  readonly #written = new Map<string, Asked>()
  /** Writes that nobody knows the end of, and that nobody looked for since. */
  readonly #doubts = new Map<string, Asked>()

  constructor(now: Story['now'], breach: Breach) {
    this.#now = now
    this.#breach = breach
  }

  /**
   * It reached the system. A worker that wakes up after its lease only reads: what it finds changes nothing, so it counts neither as
   * work beside other work nor as the look-up after a doubt.
   */
  asked(asked: Asked, holds: (other: Work) => boolean): void {
    const { connection, kind, work } = asked
    const { order, intent, leaseUntil = '' } = work
    const now = this.#now()
    if (kind === 'write' && Date.parse(leaseUntil) + slackMs < now) {
      this.#breach('at most one effect', `${intent} was written after its lease was over`, order)
    }
    if (kind === 'read' && Date.parse(leaseUntil) - slackMs < now) return
    for (const other of this.#underWay) {
      const isBeside = other.connection === connection && other.work.order === order
      if (isBeside && other.work.intent !== intent && holds(other.work)) {
        const both = `${other.work.intent} and ${intent}`
        this.#breach('at most one effect', `${both} were under way at ${connection}`, order)
      }
    }
    this.#underWay.add(asked)
    this.#settle(asked)
    if (kind === 'write') this.#written.set(keyOf(asked), asked)
  }

  /** Whoever asked waits no longer. */
  over(asked: Asked): void {
    this.#underWay.delete(asked)
  }

  /** It had no answer. */
  doubted(asked: Asked): void {
    if (asked.kind === 'write') this.#doubts.set(keyOf(asked), asked)
  }

  /** The ledger has another state of that work now. */
  moved(work: Work, before: Intent, after: Intent): void {
    const key = keyOf({ connection: after.connection, work })
    const last = this.#written.get(key)
    if (after.state === 'sent' && after.epoch === before.epoch) return
    this.#written.delete(key)
    // Somebody follows a worker that told nothing.
    if (last && before.state === 'sent' && after.state === 'sent') this.#doubts.set(key, last)
  }

  #settle(asked: Asked): void {
    const { connection, kind, work } = asked
    const { order, intent } = work
    const doubt = this.#doubts.get(keyOf(asked))
    if (!doubt) return
    this.#doubts.delete(keyOf(asked))
    const unknown = `how ${intent} at ${connection} ended is not known`
    if (kind === 'write') {
      this.#breach(
        'at most one effect',
        `${unknown}, and it was written again without a look`,
        order,
      )
    } else if (this.#now() + slackMs < doubt.seenFrom) {
      const early = Math.round((doubt.seenFrom - this.#now()) / 1000)
      this.#breach(
        'at most one effect',
        `${unknown}, and was looked up ${early} s too early`,
        order,
      )
    }
  }
}

const keyOf = ({ connection, work }: Pick<Asked, 'connection' | 'work'>): string =>
  `${connection} ${work.order} ${work.intent}`
