/** One thing that happened, and what it was about. */
export interface Told {
  readonly at: number
  readonly text: string
  /** The order it is about, when it is about one. */
  readonly order?: string | undefined
  /** The article it is about, in the words of the warehouses. */
  readonly article?: string | undefined
  /** Set on faults: what to mask so that it does not happen. */
  readonly fault?: string | undefined
}

/** Everything worth telling of one run, in its order. */
export class Story {
  readonly told: Told[] = []
  readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  tell(text: string, about: Pick<Told, 'order' | 'fault' | 'article'> = {}) {
    this.told.push({ at: this.now(), text, ...about })
  }
}
