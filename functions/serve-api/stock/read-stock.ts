import { err, ok } from '../../../domain/result.ts'
import { isNamed } from '../../../domain/stock/counting.ts'
import type { Location } from '../../../domain/stock/places.ts'
import { freeIn, unsellableIn } from '../../../domain/stock/row.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import type { StockView } from '../../../schemas/api/stock.ts'
import type { ConnectionId } from '../../../schemas/canonical/identity.ts'
import type { Instant } from '../../../schemas/canonical/instant.ts'
import type { StockRow } from '../../../schemas/stored/stock.ts'
import { problem } from '../problems.ts'
import type { Handle, Refusal } from '../route.ts'

/** An article at every known place, with all numbers. */
export const readStock: Handle<typeof endpoints.readStock> = async ({ query }, { stocked }) => {
  const { sku, warehouse } = query
  const locations = Object.entries(stocked.settings?.locations ?? {}).map(
    ([name, location]): Location => ({ name, ...location }),
  )
  const warehouses = [...new Set(locations.map((location) => location.warehouse))]
  if (warehouse && !warehouses.includes(warehouse)) return err(noSuchWarehouse(warehouses))

  const asked = warehouses.filter((one) => warehouse === undefined || one === warehouse)
  const rows = await stocked.book.rows(asked.map((one) => ({ warehouse: one, sku })))
  const places = await Promise.all(
    locations.map(async (location) => {
      const shares = rows.filter((row) => row.location === location.name)
      const isAsked = asked.includes(location.warehouse)
      return isAsked && shares.length > 0
        ? [placeOf(location, shares, await stocked.marks.read(location.name))]
        : []
    }),
  )
  return ok({ sku, places: places.flat() })
}

/** Sums the shards of a location, which callers need not know. */
function placeOf(
  { name, warehouse, code, safety: usual }: Location,
  rows: readonly StockRow[],
  mark: Instant | undefined,
): StockView['places'][number] {
  const sum = (of: (row: StockRow) => number) => rows.reduce((total, row) => total + of(row), 0)
  const counted = rows.flatMap(({ countedAt }) => countedAt ?? [])
  const named = mark !== undefined && rows.every((row) => isNamed(row, mark))
  const last = [...counted, ...(named ? [mark] : [])].toSorted().at(-1)
  const since = rows.flatMap((row) => row.since).filter(({ at }) => last === undefined || at > last)
  const doubted = rows.find((row) => row.doubted)?.doubted
  const numbers = {
    onHand: sum(({ onHand }) => onHand),
    quarantined: sum(unsellableIn),
    reserved: sum(({ reserved }) => reserved),
    safety: Math.max(usual, ...rows.map(({ safety = 0 }) => safety)),
    free: sum(freeIn),
    movedSince: since.reduce((total, { units }) => total + units, 0),
  }
  return {
    warehouse,
    location: name,
    code,
    ...numbers,
    reservedBy: reservedBy(rows),
    incoming: rows.flatMap(({ incoming }) => incoming),
    ...(last !== undefined && { countedAt: last }),
    ...(doubted && { doubted }),
    why: sentence(numbers, last),
  }
}

function reservedBy(rows: readonly StockRow[]): Record<ConnectionId, number> {
  const by: Record<ConnectionId, number> = {}
  for (const [channel, units] of rows.flatMap((row) => Object.entries(row.reservedBy))) {
    // The record's keys are connections, which `Object.entries` forgets.
    const id = channel as ConnectionId
    by[id] = (by[id] ?? 0) + units
  }
  return by
}

type Numbers = Pick<
  StockView['places'][number],
  'onHand' | 'quarantined' | 'reserved' | 'safety' | 'free' | 'movedSince'
>

function sentence(numbers: Numbers, countedAt: Instant | undefined): string {
  const { onHand, quarantined, reserved, safety, free, movedSince } = numbers
  const counted = countedAt ? `counted ${countedAt}` : 'never counted'
  const moved = movedSince === 0 ? '' : `, ${movedSince > 0 ? '+' : ''}${movedSince} since`
  return [
    `on hand ${onHand} (${counted}${moved})`,
    ...(quarantined === 0 ? [] : [`quarantined ${quarantined}`]),
    `reserved ${reserved} → free ${free}`,
    ...(safety === 0 ? [] : [`${safety} of these are never shown`]),
  ].join(', ')
}

const noSuchWarehouse = (known: readonly string[]): Refusal => ({
  problem: problem('bad-request', 'No stock is kept there.', [
    {
      parameter: 'warehouse',
      detail: 'has no location in the settings',
      fix: `write one of ${known.join(', ') || '(none yet)'}, or leave it out`,
    },
  ]),
})
