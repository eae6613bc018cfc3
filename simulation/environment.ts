import type { FunctionDesign } from './design.ts'
import { type Draw, skewed } from './draw.ts'
import type { Faults } from './faults.ts'
import type { VirtualTime } from './virtual-time.ts'
import { on, workNow } from './work.ts'

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
export const skewMs = 40

/** Calls of one invocation after which it may die: a batch of fifty messages makes hundreds, and would never end otherwise. */
const mostChances = 16

/** Beyond its time a function stands still a minute or two, seldom as long as the longest lease and longer. */
const frozenMs = 900_000

/**
 * One Lambda environment. Whatever leaves it goes through `io`, which is where it may die, or stand still past its lease and then
 * go on; after its death nothing that it waits for ever comes.
 */
export class Environment {
  readonly design: FunctionDesign
  /** The order whose state it touched last, for whoever tells the story of what is no worker's work. */
  order: string | undefined
  dead = false
  /** Set while it stands still: its invocation is over for everybody else. */
  frozenUntil = 0
  /** Tells whoever invoked it that it died. */
  onDeath: () => void = () => {}
  #chances = 0
  readonly #weather: Weather
  readonly #skew: number

  constructor(design: FunctionDesign, weather: Weather) {
    this.design = design
    this.#weather = weather
    this.#skew = (weather.draw(`clock of ${design.name}`) - 0.5) * 2 * skewMs
  }

  /** An invocation begins. */
  begin(): void {
    this.order = undefined
    this.#chances = mostChances
  }

  /** Its own clock. */
  readonly now = (): number => Math.floor(this.#weather.time.now() + this.#skew)

  readonly sleep = (ms: number): Promise<void> =>
    this.io({ what: 'sleep', there: 0, back: ms, effect: () => {} })

  io<T>({ what, there, back = 0, effect }: Doing<T>): Promise<T> {
    const { time, draw } = this.#weather
    const work = workNow()
    return new Promise((resolve, reject) => {
      if (this.dead) return
      const answer = (settle: () => void) => {
        const order = work?.order ?? this.order
        const resume = () => this.#resume({ what, order }, settle)
        const ms = what === 'sleep' ? back : back && skewed(draw(`${what} back`), back)
        if (ms === 0) resume()
        else time.after(ms, resume)
      }
      time.after(there && skewed(draw(what), there), () => {
        if (this.dead) return
        try {
          const done = on(work, effect)
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

  #resume(after: Waited, settle: () => void): void {
    const { time, faults, draw } = this.#weather
    const { what, order } = after
    if (this.dead) return
    const where = `${this.design.folder} after ${what}${order ? ` of ${order}` : ''}`
    this.#chances -= 1
    if (this.#chances > 0 && faults.happens('killed', where, order)) {
      this.die()
      return
    }
    if (this.#chances > 0 && faults.happens('frozen', where, order)) {
      const ms = frozenMs * draw('how frozen') ** 3
      this.frozenUntil = time.now() + this.design.timeoutMs + ms
    }
    if (this.frozenUntil <= time.now()) settle()
    else time.at(this.frozenUntil, () => this.#resume(after, settle))
  }
}

interface Waited {
  readonly what: string
  readonly order: string | undefined
}
