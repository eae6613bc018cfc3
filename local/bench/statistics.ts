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
