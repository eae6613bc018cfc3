import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { Happening } from '../cloud/happening.ts'

const rows = [
  ['captured', 'order.captured'],
  ['in the ERP', 'order.accepted'],
  ['at the warehouse', 'order.released'],
  ['parcels left', 'shipment.confirmed'],
  ['parcels confirmed to the shop', 'shipment.published'],
] as const satisfies readonly (readonly [string, OrderEvent['type']])[]

const width = 30

/** Shows orders on their way: bars that grow on a terminal, a plain line now and then anywhere else. */
export class Progress {
  readonly #counts = new Map<string, number>()
  readonly #out: NodeJS.WriteStream
  readonly #goal: number
  readonly #faults: (() => readonly (readonly [string, number])[]) | undefined
  #drawn = 0
  #said = ''
  #timer: NodeJS.Timeout | undefined

  /** @param faults those that struck so far, and how often */
  constructor(
    out: NodeJS.WriteStream,
    goal: number,
    faults?: () => readonly (readonly [string, number])[],
  ) {
    this.#out = out
    this.#goal = goal
    this.#faults = faults
  }

  readonly observe = (happening: Happening): void => {
    const what = happening.kind === 'event' ? happening.detailType : happening.kind
    this.#counts.set(what, this.#count(what) + 1)
  }

  start(): void {
    this.#timer = setInterval(() => this.#draw(), this.#out.isTTY ? 80 : 1000)
  }

  /** Writes a line to stderr without tearing the bars: they go on below it. */
  readonly interrupt = (line: string): void => {
    process.stderr.write(`  ! ${line}\n`)
    this.#drawn = 0
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#draw()
    this.#drawn = 0
  }

  #count(what: string): number {
    return this.#counts.get(what) ?? 0
  }

  #draw(): void {
    if (this.#out.isTTY) this.#bars()
    else this.#line()
  }

  #bars(): void {
    const parcels = Math.max(this.#goal, this.#count('shipment.confirmed'))
    const lines = rows.map(([label, type]) => {
      const n = this.#count(type)
      const full = Math.round(
        (width * n) / (type.startsWith('shipment') ? parcels : this.#goal || 1),
      )
      const bar = '█'.repeat(Math.min(width, full)).padEnd(width, '░')
      return `  ${label.padEnd(23)} ${bar} ${n}`
    })
    const all = [...lines, `  ${this.#trouble()}`, ...this.#struck()]
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : ''
    this.#out.write(`${up}${all.map((line) => `\u001b[2K${line}\n`).join('')}`)
    this.#drawn = all.length
  }

  #line(): void {
    const counts = rows.map(([label, type]) => `${label} ${this.#count(type)}`).join(' · ')
    if (counts === this.#said) return
    this.#said = counts
    this.#out.write([`  ${counts} · ${this.#trouble()}`, ...this.#struck(), ''].join('\n'))
  }

  #struck(): readonly string[] {
    if (!this.#faults) return []
    const all = this.#faults().map(([fault, n]) => `${fault} ${n}`)
    return [`  faults: ${all.join(' · ') || 'none yet'}`]
  }

  #trouble(): string {
    const doubts = this.#count('effect.doubted')
    const exceptions = this.#count('exception.raised') - this.#count('exception.cleared')
    return `in doubt and looked up ${doubts} · exceptions ${exceptions} · dead letters ${this.#count('dead-letter')}`
  }
}
