import type { Design, FunctionDesign } from './design.ts'
import { Environment, type Weather } from './environment.ts'

/** What came of an invocation, for whoever asked for it. */
export type Invoked =
  | { readonly ok: true; readonly answer: unknown }
  | { readonly ok: false; readonly why: string }

export type Handler = (event: unknown, context: unknown) => Promise<unknown>

/** Starts a function's code in an environment of its own. */
export type Boot = (environment: Environment) => Handler

interface Warm {
  readonly environment: Environment
  readonly handler: Handler
}

/** Usual milliseconds until a new environment works. */
const coldMs = 350

/** Every function with its environments: warm ones are used again, one invocation at a time. */
export class Lambdas {
  invocations = 0
  readonly #design: Design
  readonly #weather: Weather
  readonly #boot: Boot
  readonly #warm = new Map<string, Warm[]>()

  constructor(design: Design, weather: Weather, boot: Boot) {
    this.#design = design
    this.#weather = weather
    this.#boot = boot
  }

  /** Everybody starts anew, as after a deployment or at the end of a run. */
  cool(): void {
    this.#warm.clear()
  }

  invoke(name: string, event: unknown, done: (invoked: Invoked) => void): void {
    const design = this.#design.functions.get(name)
    if (!design) throw new Error(`there is no function ${name}`)
    this.invocations += 1
    const warm = this.#warm.get(name)?.pop()
    if (warm) {
      this.#run(warm, event, done)
      return
    }
    const { time, draw } = this.#weather
    time.after(coldMs * (0.5 + draw(`cold ${name}`)), () => {
      const environment = new Environment(design, this.#weather)
      this.#run({ environment, handler: this.#boot(environment) }, event, done)
    })
  }

  #run(warm: Warm, event: unknown, done: (invoked: Invoked) => void): void {
    const { time } = this.#weather
    const { environment, handler } = warm
    const { design } = environment
    environment.begin()
    const until = time.now() + design.timeoutMs
    let over = false
    const end = (invoked: Invoked): void => {
      if (over) return
      over = true
      done(invoked)
      if (invoked.ok && !environment.dead) this.#keep(design, warm)
    }
    environment.onDeath = () => time.after(5, () => end({ ok: false, why: 'killed' }))
    time.at(until, () => {
      if (over) return
      end({ ok: false, why: 'timed out' })
      // One that stands still is out of reach: it goes on when it wakes up.
      if (environment.frozenUntil <= time.now()) environment.dead = true
    })
    const context = {
      getRemainingTimeInMillis: () => until - time.now(),
      functionName: design.name,
    }
    handler(event, context).then(
      (answer) => end({ ok: true, answer }),
      (error: unknown) => end({ ok: false, why: String(error) }),
    )
  }

  #keep({ name }: FunctionDesign, warm: Warm): void {
    if (this.#weather.faults.happens('cold', warm.environment.design.folder)) return
    this.#warm.set(name, [...(this.#warm.get(name) ?? []), warm])
  }
}
