import { z } from 'zod'

/** The ways in which a twin misbehaves on demand. */
export const Mischief = z.strictObject({
  next: z.int().min(0).max(100_000),
  how: z.enum([
    'commit-then-drop',
    'lag-index',
    'throttle',
    'unavailable',
    'refuse-credentials',
    'html',
    'slow',
    'duplicate',
    'reorder',
    'reset',
    'timeout',
    'cut',
    'corrupt',
  ]),
  /** For `slow`. */
  seconds: z.number().min(0).max(60).default(3),
})
export type Mischief = z.infer<typeof Mischief>
export type How = Mischief['how']

/** How many more times each misbehaviour is due. */
export class Mischiefs {
  /** Misbehaves unasked, too, whenever this says so. */
  chance: (how: How) => boolean = () => false
  readonly #left = new Map<How, number>()
  #seconds = 1

  add({ how, next, seconds }: Mischief): void {
    this.#left.set(how, next)
    this.#seconds = seconds
  }

  /** True, once for each time it was asked for. */
  take(how: How): boolean {
    const left = this.#left.get(how) ?? 0
    if (left === 0) return this.chance(how)
    this.#left.set(how, left - 1)
    return true
  }

  get slowSeconds(): number {
    return this.#seconds
  }

  left(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#left)
  }
}
