/**
 * A number from 0 to 1 for whatever it is asked for. It depends on the seed, on the name, and on how often that name was
 * asked for; not on anything else that happened, so that a fault which is taken away changes no other.
 */
export type Draw = (what: string) => number

export function drawFrom(seed: number): Draw {
  const asked = new Map<string, Asked>()
  return (what) => {
    const one = asked.get(what) ?? { state: mixed(`${what}~`, begun(seed)), times: 0 }
    asked.set(what, one)
    one.times += 1
    return finished(mixed(String(one.times), one.state))
  }
}

interface Asked {
  /** What the name made of the seed. */
  readonly state: State
  times: number
}

/** The same without a memory: one number for one name. */
export const hashed = (text: string, seed: number): number => finished(mixed(text, begun(seed)))

type State = readonly [one: number, two: number]

const begun = (seed: number): State => [0xdeadbeef ^ seed, 0x41c6ce57 ^ Math.imul(seed, 0x9e3779b1)]

function mixed(text: string, [one, two]: State): State {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    one = Math.imul(one ^ code, 2654435761)
    two = Math.imul(two ^ code, 1597334677)
  }
  return [one, two]
}

function finished([one, two]: State): number {
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909)
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909)
  return (4294967296 * (2097151 & two) + (one >>> 0)) / 9007199254740992
}

/** A whole number from `least` to `most`. */
export const between = (number: number, least: number, most: number): number =>
  least + Math.floor(number * (most - least + 1))

/** Mostly short, now and then long: what a network or a person takes. */
export const skewed = (number: number, usual: number): number =>
  usual * (0.5 + number) + (number > 0.98 ? usual * 20 * (number - 0.98) * 50 : 0)

export function pick<T>(from: readonly T[], number: number): T {
  const found = from[Math.min(from.length - 1, Math.floor(number * from.length))]
  if (found === undefined) throw new Error('there is nothing to pick from')
  return found
}
