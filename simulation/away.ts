import type { Character } from './characters.ts'
import { hashed, pick } from './draw.ts'
import type { Mask } from './faults.ts'

export interface Span {
  readonly from: number
  readonly to: number
}

/** Hours in which a system answers nobody. */
export interface Outage extends Span {
  readonly how: 'unavailable' | 'request lost' | 'throttled'
}

interface Years {
  readonly seed: number
  readonly mask: Mask
  readonly character: Character
  readonly from: number
  readonly ms: number
}

/** When a system is away for hours: some connections in some seeds. */
export function outagesOf(
  id: string,
  { seed, mask, from, ms, character }: Years,
): readonly Outage[] {
  const lot = (what: string) => hashed(`${what} of ${id}`, seed)
  const isMasked = mask.without?.has('outages') || mask.without?.has(`outage of ${id}`)
  if (lot('outage') > character.away || isMasked) return []
  const begin = from + lot('beginning') * ms
  const how = pick(['unavailable', 'request lost', 'throttled'] as const, lot('kind'))
  // A system that says how long to wait does not say so for hours.
  const most = how === 'throttled' ? 600_000 : 6 * 3_600_000
  return [{ from: begin, to: begin + lot('length') * most, how }]
}

/** When all webhooks of a connection get lost, because somebody deleted its subscription. */
export function deafnessOf(
  id: string,
  { seed, mask, from, ms, character }: Years,
): readonly Span[] {
  const lot = (what: string) => hashed(`${what} of ${id}`, seed)
  const isMasked = mask.without?.has('outages') || mask.without?.has(`deafness of ${id}`)
  if (lot('deafness') > character.deaf || isMasked) return []
  const begin = from + (lot('it begins') - 0.3) * ms
  return [{ from: begin, to: begin + lot('it lasts') * 6 * 3_600_000 }]
}
