/** Where a text stops being JSON, for people who edit it by hand; lines and columns begin at 1. */
export interface JsonFault {
  readonly line: number
  readonly column: number
  readonly what: string
}

/** The first fault, also a name written twice, which `JSON.parse` would let pass; `undefined` when there is none. */
export function faultIn(text: string): JsonFault | undefined {
  const reader = new Reader(text)
  try {
    reader.value()
    if (reader.next() !== '') reader.fail('expected the end of the file')
    return undefined
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const before = text.slice(0, error.offset).split('\n')
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, what: error.message }
  }
}

class Fault extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

const scalar = /"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

class Reader {
  private readonly text: string
  private offset = 0

  constructor(text: string) {
    this.text = text
  }

  value(): void {
    const first = this.next()
    if (first === '{') this.members()
    else if (first === '[') this.items()
    else this.scalar('expected a value')
  }

  /** The next character that is no space; empty at the end. */
  next(): string {
    while (/\s/.test(this.text.charAt(this.offset))) this.offset++
    return this.text.charAt(this.offset)
  }

  fail(what: string): never {
    throw new Fault(what, this.offset)
  }

  private members(): void {
    const names = new Set<string>()
    this.list('}', () => {
      if (this.next() !== '"') this.fail('expected a name in double quotes')
      const start = this.offset
      const name = this.scalar('expected a name in double quotes')
      if (names.has(name)) throw new Fault(`duplicate name ${name}; remove one`, start)
      names.add(name)
      if (this.next() !== ':') this.fail('expected a colon')
      this.offset++
      this.value()
    })
  }

  private items(): void {
    this.list(']', () => this.value())
  }

  private list(end: string, item: () => void): void {
    this.offset++
    if (this.next() !== end) {
      item()
      while (this.next() === ',') {
        this.offset++
        if (this.next() === end) this.fail(`remove the comma before ${end}`)
        item()
      }
      if (this.next() !== end) this.fail(`expected a comma or ${end}`)
    }
    this.offset++
  }

  private scalar(otherwise: string): string {
    scalar.lastIndex = this.offset
    const [found] = scalar.exec(this.text) ?? []
    if (found === undefined) this.fail(otherwise)
    this.offset += found.length
    return found
  }
}
