import type { Story } from './story.ts'

/** Lines of a story that anybody reads. */
const most = 120

/** What happened to one order or article, or all that went wrong, a line each with the time since the beginning. */
export function tell({ told }: Story, about: string | undefined): string {
  const own = told.filter(
    ({ order, article, fault }) =>
      (order ?? article) === about || (order === undefined && fault !== undefined),
  )
  const first =
    own.find(({ order, article }) => (order ?? article) !== undefined)?.at ?? own[0]?.at ?? 0
  const lines = own
    .filter(({ at }) => at >= first)
    .map(({ at, text }) => `  ${elapsed(at - first)}  ${text.slice(0, 200)}\n`)
  const rest = lines.length - most
  return lines.slice(0, most).join('') + (rest > 0 ? `  … and ${rest} more\n` : '')
}

function elapsed(ms: number): string {
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor(ms / 60_000) % 60
  return `${hours}:${String(minutes).padStart(2, '0')}:${((ms / 1000) % 60).toFixed(2).padStart(5, '0')}`
}
