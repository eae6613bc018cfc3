import type { FunctionDesign } from './design.ts'
import { type Draw, skewed } from './draw.ts'
import type { Faults } from './faults.ts'
import type { VirtualTime } from './virtual-time.ts'

export interface Weather {
  readonly time: VirtualTime
  readonly draw: Draw
  readonly faults: Faults
}

interface Doing<T> {
  /** For example `table Put` or `POST shop.example/orders`. */
  readonly what: string
  /** Usual milliseconds there. */
  readonly there: number
  /** And back, when the effect is somebody's work in between. @default 0 */
  readonly back?: number
  /** What it does, at the moment it arrives. */
  effect(): T | Promise<T>
}

/** How far the clocks of two machines are apart, in milliseconds. */
const skewMs = 40

/**
 * One Lambda environment. Whatever leaves it goes through `io`, which is where it may die, or stand still past its lease and then
 * go on; after its death nothing that it waits for ever comes.
 */
export class Environment {
  readonly design: FunctionDesign
  /** The order whose state it touched last, for whoever tells the story. */
  order: string | undefined
  /** The piece of work that its message is about. */
  intent: string | undefined
  dead = false
  /** Set while it stands still: its invocation is over for everybody else. */
  frozenUntil = 0
  /** Tells whoever invoked it that it died. */
  onDeath: () => void = () => {}
  readonly #weather: Weather
  readonly #skew: number

  constructor(design: FunctionDesign, weather: Weather) {
    this.design = design
    this.#weather = weather
    this.#skew = (weather.draw(`clock of ${design.name}`) - 0.5) * 2 * skewMs
  }

  /** Its own clock. */
  readonly now = (): number => Math.floor(this.#weather.time.now() + this.#skew)

  readonly sleep = (ms: number): Promise<void> =>
    this.io({ what: 'sleep', there: 0, back: ms, effect: () => {} })

  io<T>({ what, there, back = 0, effect }: Doing<T>): Promise<T> {
    const { time, draw } = this.#weather
    return new Promise((resolve, reject) => {
      if (this.dead) return
      const answer = (settle: () => void) => {
        const ms = what === 'sleep' ? back : back && skewed(draw(`${what} back`), back)
        if (ms === 0) this.#resume(what, settle)
        else time.after(ms, () => this.#resume(what, settle))
      }
      time.after(there && skewed(draw(what), there), () => {
        if (this.dead) return
        try {
          const done = effect()
          if (!(done instanceof Promise)) return answer(() => resolve(done))
          done.then(
            (value) => answer(() => resolve(value)),
            (error: unknown) => answer(() => reject(error)),
          )
        } catch (error) {
          answer(() => reject(error))
        }
      })
    })
  }

  die(): void {
    if (this.dead) return
    this.dead = true
    this.onDeath()
  }

  #resume(what: string, settle: () => void): void {
    const { time, faults, draw } = this.#weather
    if (this.dead) return
    const where = `${this.design.folder} after ${what}${this.order ? ` of ${this.order}` : ''}`
    if (faults.happens('killed', where, this.order)) {
      this.die()
      return
    }
    if (faults.happens('frozen', where, this.order)) {
      this.frozenUntil = time.now() + this.design.timeoutMs + draw('how frozen') * 60_000
    }
    if (this.frozenUntil <= time.now()) settle()
    else time.at(this.frozenUntil, () => this.#resume(what, settle))
  }
}
