import type { QueueDesign } from './design.ts'
import { type Draw, hashed } from './draw.ts'
import type { Faults } from './faults.ts'
import type { VirtualTime } from './virtual-time.ts'
import type { Witness } from './witness.ts'

export interface Message {
  readonly id: string
  readonly body: string
  readonly group: string | undefined
  readonly sentAt: number
  receives: number
}

interface Given {
  readonly time: VirtualTime
  readonly draw: Draw
  readonly faults: Faults
  readonly witness: Witness
}

/** One delivery of a message: until it is deleted or over, nobody else gets it. */
export interface Received {
  readonly message: Message
  readonly receipt: number
}

/**
 * A standard queue of SQS: everything at least once and in no order, fair between groups; or one that keeps the order of each
 * group. What was received too often goes to the dead letters.
 */
export class Queue {
  readonly design: QueueDesign
  /** Called when something may be received. */
  arrived: () => void = () => {}
  deadLetters: Queue | undefined
  readonly #given: Given
  readonly #visible = new Map<string, Message[]>()
  readonly #taken = new Map<number, Message>()
  readonly #takenOf = new Map<string, number>()
  #waiting = 0
  #delayed = 0
  #receipts = 0
  #sent = 0

  constructor(design: QueueDesign, given: Given) {
    this.design = design
    this.#given = given
  }

  get name(): string {
    return this.design.arn.split(':').at(-1) ?? ''
  }

  /** Everything that it holds, in flight or not. */
  get depth(): number {
    return this.waiting + this.#taken.size + this.#delayed
  }

  get waiting(): number {
    return this.#waiting
  }

  /** Messages that somebody has in hand. */
  get inFlight(): number {
    return this.#taken.size
  }

  send(
    body: string,
    { seconds = 0, group }: { seconds?: number; group?: string | undefined } = {},
  ) {
    const { time, faults, draw, witness } = this.#given
    this.#sent += 1
    if (this.deadLetters) witness.message(this.design.arn, body, group)
    const id = `${this.name}-${this.#sent}`
    const message: Message = { id, body, group, sentAt: time.now(), receives: 0 }
    const late = faults.happens('message late', this.name) ? 60_000 * draw('how late') : 0
    this.#later(message, seconds * 1000 + late + 20 * draw(`delivery in ${this.name}`))
  }

  /** At most so many that may be had now. */
  take(most: number): readonly Received[] {
    const taken: Received[] = []
    while (taken.length < most) {
      const message = this.#next()
      if (!message) break
      message.receives += 1
      const { deadLetters } = this.design
      if (deadLetters && message.receives > deadLetters.maxReceives) {
        this.deadLetters?.adopt(message)
        continue
      }
      taken.push(this.#hand(message))
    }
    return taken
  }

  /** Done with: it is gone, unless SQS gives it once more all the same. */
  remove({ receipt, message }: Received): void {
    if (this.#giveBack(receipt)) this.#perhapsTwice(message, 30_000)
  }

  /** Not done with: it comes again, at once. */
  release({ receipt, message }: Received): void {
    if (this.#giveBack(receipt)) this.#later(message, 0)
  }

  /** Takes a message over as SQS moves it: what it was stays, its count begins anew where it is redriven. */
  adopt(message: Message): void {
    this.#later(message, 0)
  }

  /** Moves everything to where it came from, as the console's redrive does: the same bodies under new ids. */
  redrive(to: Queue): number {
    const all = [...this.#visible.values()].flat()
    this.#visible.clear()
    this.#waiting = 0
    for (const { body, group } of all) to.send(body, { group })
    return all.length
  }

  #hand(message: Message): Received {
    const receipt = ++this.#receipts
    this.#taken.set(receipt, message)
    const group = message.group ?? ''
    this.#takenOf.set(group, (this.#takenOf.get(group) ?? 0) + 1)
    // Somebody else may get it while the first has it.
    if (!this.design.inOrder) this.#perhapsTwice(message, 3000)
    this.#given.time.after(this.design.visibilitySeconds * 1000, () => {
      if (this.#giveBack(receipt)) this.#later(message, 0)
    })
    return { message, receipt }
  }

  #perhapsTwice(message: Message, within: number): void {
    const { faults, draw } = this.#given
    // One that was put back is the same one.
    const said = message.body.replace(/"again":\d+/, '')
    // A hint that waits for hours may be made two each time: of its effect one waits.
    const isHint = said.includes('"intentId"')
    const where = `${this.name}${isHint ? ':' : ' of'} ${hashed(said, 0).toFixed(9)}`
    if (faults.happens('message twice', where)) {
      this.#later({ ...message }, within * draw('the second time'))
    }
  }

  #giveBack(receipt: number): boolean {
    const message = this.#taken.get(receipt)
    if (!message) return false
    const group = message.group ?? ''
    this.#takenOf.set(group, (this.#takenOf.get(group) ?? 1) - 1)
    this.#taken.delete(receipt)
    if (this.design.inOrder) this.#given.time.after(0, () => this.arrived())
    return true
  }

  #later(message: Message, ms: number): void {
    this.#delayed += 1
    this.#given.time.after(ms, () => {
      this.#delayed -= 1
      const group = message.group ?? ''
      this.#waiting += 1
      const messages = this.#visible.get(group)
      if (messages) messages.push(message)
      else this.#visible.set(group, [message])
      this.arrived()
    })
  }

  /** Of the group with the fewest in flight, any message; where order counts, the first of a group that has none in flight. */
  #next(): Message | undefined {
    const group = this.#nextGroup()
    const messages = this.#visible.get(group ?? '')
    if (group === undefined || !messages) return undefined
    const at = this.design.inOrder
      ? 0
      : Math.floor(this.#given.draw(`order in ${this.name}`) * messages.length)
    const [message] = messages.splice(at, 1)
    this.#waiting -= 1
    if (messages.length === 0) this.#visible.delete(group)
    return message
  }

  #nextGroup(): string | undefined {
    let next: string | undefined
    let fewest = this.design.inOrder ? 1 : Number.POSITIVE_INFINITY
    for (const group of this.#visible.keys()) {
      const taken = this.#takenOf.get(group) ?? 0
      if (taken < fewest) [next, fewest] = [group, taken]
      if (fewest === 0) break
    }
    return next
  }
}
