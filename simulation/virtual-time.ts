interface Event {
  readonly at: number
  /** Of two at one moment, the one that was planned first happens first. */
  readonly turn: number
  readonly run: () => void
}

/** Things that may happen at one moment. */
const mostAtOnce = 100_000

/** Time that stands still while anything happens, and jumps to the next thing that will. */
export class VirtualTime {
  #now: number
  #turn = 0
  #atOnce = 0
  readonly #events: Event[] = []

  constructor(start: number) {
    this.#now = start
  }

  readonly now = (): number => this.#now

  readonly date = (): Date => new Date(this.#now)

  after(ms: number, run: () => void): void {
    this.at(this.#now + Math.max(0, ms), run)
  }

  at(at: number, run: () => void): void {
    this.#push({ at: Math.max(at, this.#now), turn: this.#turn++, run })
  }

  /** Lets happen what is planned until then, and everything that follows at once from each. */
  async runUntil(end: number): Promise<void> {
    for (let next = this.#events[0]; next && next.at <= end; next = this.#events[0]) {
      this.#pop()
      this.#atOnce = next.at === this.#now ? this.#atOnce + 1 : 0
      if (this.#atOnce > mostAtOnce)
        throw new Error('time stands still: something goes round and round')
      this.#now = next.at
      next.run()
      await settled()
    }
    this.#now = Math.max(this.#now, end)
  }

  /** A binary heap: the earliest is first. */
  #push(event: Event): void {
    const events = this.#events
    let at = events.push(event) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = events[above]
      if (!parent || !isBefore(event, parent)) break
      events[at] = parent
      at = above
    }
    events[at] = event
  }

  #pop(): void {
    const events = this.#events
    const last = events.pop()
    if (!last || events.length === 0) return
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const [one, other] = [events[left], events[left + 1]]
      const child = other && one && isBefore(other, one) ? left + 1 : left
      const least = events[child]
      if (!least || !isBefore(least, last)) break
      events[at] = least
      at = child
    }
    events[at] = last
  }
}

const isBefore = (one: Event, other: Event): boolean =>
  one.at < other.at || (one.at === other.at && one.turn < other.turn)

/** Every promise that can go on has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
