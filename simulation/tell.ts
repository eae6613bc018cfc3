import type { Story } from './story.ts'

/** How many lines of a story are told: of a longer one its beginning and its end, which is where something broke. */
export interface Length {
  readonly first: number
  readonly last: number
}

/** Lines of a story that anybody reads. */
export const readable: Length = { first: 40, last: 120 }

/**
 * What happened to one order or article, or all that went wrong, a line each with the time since the beginning.
 * @param length all of it without
 */
export function tell({ told }: Story, about: string | undefined, length?: Length): string {
  const own = told.filter(
    ({ order, article, fault }) =>
      (order ?? article) === about || (order === undefined && fault !== undefined),
  )
  const first =
    own.find(({ order, article }) => (order ?? article) !== undefined)?.at ?? own[0]?.at ?? 0
  const lines = own
    .filter(({ at }) => at >= first)
    .map(({ at, text }) => `  ${elapsed(at - first)}  ${text.slice(0, 200)}\n`)
  return (length ? shortened(lines, length) : lines).join('')
}

function shortened(lines: readonly string[], { first, last }: Length): readonly string[] {
  const left = lines.length - first - last
  if (left <= 0) return lines
  const gap = `  … ${left} lines left out …\n`
  return [...lines.slice(0, first), gap, ...lines.slice(-last)]
}

function elapsed(ms: number): string {
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor(ms / 60_000) % 60
  return `${hours}:${String(minutes).padStart(2, '0')}:${((ms / 1000) % 60).toFixed(2).padStart(5, '0')}`
}
