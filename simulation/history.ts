interface Noted {
  readonly at: number
  readonly value: number
}

/** What numbers were when. */
export class History {
  readonly #noted = new Map<string, Noted[]>()

  note(key: string, at: number, value: number): void {
    const all = this.#noted.get(key) ?? []
    all.push({ at, value })
    this.#noted.set(key, all)
  }

  knows(key: string): boolean {
    return this.#noted.has(key)
  }

  /** Every value that a number had within a time, the one that it had at the beginning first; none before it was known. */
  within(key: string, from: number, to: number): readonly number[] {
    const all = this.#noted.get(key) ?? []
    const first = all.findLast(({ at }) => at <= from) ?? all[0]
    const rest = all.filter(({ at }) => at > from && at <= to)
    return [...new Set([...(first ? [first] : []), ...rest].map(({ value }) => value))]
  }
}
