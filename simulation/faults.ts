import type { Character } from './characters.ts'
import { type Draw, hashed } from './draw.ts'
import { type Fault, odds } from './odds.ts'
import type { Story } from './story.ts'

/** Which faults a run has; everything that its seed drew, unless it is being made smaller. */
export interface Mask {
  /** Kinds that do not happen at all. */
  readonly without?: ReadonlySet<string>
  /** Only these single faults happen. @default every one */
  readonly only?: ReadonlySet<string>
}

interface Given {
  readonly mask: Mask
  readonly story: Story
  readonly character: Character
}

export class Faults {
  /** Those that happened, by what to mask. */
  readonly happened = new Set<string>()
  #on = true
  readonly #draw: Draw
  readonly #strength: ReadonlyMap<string, number>
  readonly #mask: Mask
  readonly #story: Story
  readonly #times = new Map<string, number>()

  constructor(draw: Draw, seed: number, { mask, story, character }: Given) {
    this.#draw = draw
    this.#mask = mask
    this.#story = story
    this.#strength = strengths(seed, mask, character)
  }

  /** From here on all is well. */
  end(): void {
    this.#on = false
  }

  /** Whether it happens here, this time. */
  happens(kind: Fault, where: string, order?: string): boolean {
    const strength = this.#strength.get(kind) ?? 0
    if (!this.#on || strength === 0) return false
    const here = `${kind} at ${where}`
    const drawn = this.#draw(here)
    if (drawn >= Math.min(most, odds[kind] * strength)) return false
    const fault = `${here} ${drawn.toFixed(9)}`
    if (this.#mask.only && !this.#mask.only.has(fault)) return false
    const times = (this.#times.get(here) ?? 0) + 1
    this.#times.set(here, times)
    if (times > (isOfOne(where) ? mostOfOne : (mostAnywhere[kind] ?? times))) return false
    this.happened.add(fault)
    this.#story.tell(`FAULT ${kind}: ${where}`, { order, fault })
    return true
  }
}

/** What waits for hours is tried a thousand times: so often nothing goes wrong with one order or message. */
const mostOfOne = 3
/** What fails a whole batch after it was put back makes two of each message, and those make four. */
const mostAnywhere: Readonly<Partial<Record<Fault, number>>> = { killed: 8, frozen: 8 }
const isOfOne = (where: string): boolean => where.includes(' of ')

/** Nothing goes wrong more often than this. */
const most = 0.7

/** A seed has some kinds of faults and not others, and those more or less often: all at once would hide each other. */
function strengths(
  seed: number,
  { without }: Mask,
  { more }: Character,
): ReadonlyMap<string, number> {
  const quiet = hashed('a quiet year', seed) < 0.05
  const typical: Readonly<Record<string, number>> = more
  return new Map(
    Object.keys(odds).map((kind) => {
      const drawn = hashed(`strength of ${kind}`, seed)
      const usual = drawn < 0.4 ? 0 : drawn < 0.85 ? 1 : 4
      return [kind, quiet || without?.has(kind) ? 0 : (typical[kind] ?? usual)]
    }),
  )
}
