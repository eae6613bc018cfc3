/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** The median's 95 % interval by order statistics, which assumes nothing about the distribution. */
export function interval(numbers: readonly number[]): readonly [low: number, high: number] {
  const sorted = numbers.toSorted((a, b) => a - b)
  const n = sorted.length
  const reach = 0.98 * Math.sqrt(n)
  const at = (i: number): number =>
    sorted[Math.max(0, Math.min(n - 1, Math.round(i)))] ?? Number.NaN
  return [at(n / 2 - reach), at(n / 2 + reach)]
}

/** Two things measured in the same rounds, so that what else the machine did meets both. */
export interface Paired {
  readonly these: readonly number[]
  readonly those: readonly number[]
}

const resamples = 2000

/**
 * How many times `those` `these` are: the median of each divided, with the 95 % percentile interval of a bootstrap that
 * draws whole rounds. It draws the same ones each time, so that the same measurements give the same interval.
 */
export function ratioOf({
  these,
  those,
}: Paired): readonly [ratio: number, low: number, high: number] {
  const random = openRandom()
  const ratio = (rounds: readonly number[]): number =>
    median(rounds.map((i) => these[i] ?? Number.NaN)) /
    median(rounds.map((i) => those[i] ?? Number.NaN))
  const all = [...these.keys()]
  const drawn = Array.from({ length: resamples }, () =>
    ratio(all.map(() => Math.floor(random() * all.length))),
  ).toSorted((a, b) => a - b)
  const at = (share: number): number => drawn[Math.floor(share * resamples)] ?? Number.NaN
  return [ratio(all), at(0.025), at(0.975)]
}

/** For example `2.81 (2.76–2.90)`. */
export function shown([ratio, low, high]: ReturnType<typeof ratioOf>): string {
  return `${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`
}

/** A linear congruence, good enough to draw rounds with. https://doi.org/10.1090/S0025-5718-99-00996-5 */
function openRandom(): () => number {
  let state = 1n
  return () => {
    state = (state * 2862933555777941757n + 3037000493n) % 2n ** 64n
    return Number(state >> 11n) / 2 ** 53
  }
}
