import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { StockSettings } from '../../schemas/settings.ts'
import type { Invalid } from '../invalid.ts'
import { err, ok, type Result } from '../result.ts'
import type { Location } from './places.ts'

/** Who reports on a location: its warehouse, its counting system, or anyone with access. */
type Said = { readonly by: 'anybody' } | { readonly by: ConnectionId }

/**
 * Finds a location by its name, or by its warehouse's or counting system's code. A connection can report only on its
 * own locations. The failure lists the known names.
 */
export function locationCalled(
  called: string,
  { by }: Said,
  stock: StockSettings | undefined,
): Result<Location, Invalid> {
  const known = Object.entries(stock?.locations ?? {})
    .map(([name, location]): Location => ({ name, ...location }))
    .filter((location) => by === 'anybody' || speaksOf(by, location))
  const found =
    known.find(({ name }) => name === called) ??
    known.find((location) => by !== 'anybody' && codeFor(by, location) === called)
  if (found) return ok(found)
  if (!stock) return err({ detail: 'the settings have no stock', fix: 'write it there first' })
  const whose = by === 'anybody' ? 'the settings have' : `${by} has`
  const names = known.map(({ name }) => name)
  return err({
    detail: `${whose} no location "${called}"`,
    fix: `write ${names.join(', ') || '(there is none yet)'}`,
  })
}

const speaksOf = (connection: ConnectionId, { warehouse, count }: Location): boolean =>
  warehouse === connection || count?.from === connection

const codeFor = (connection: ConnectionId, { warehouse, code, count }: Location): string =>
  warehouse === connection ? code : (count?.code ?? code)
