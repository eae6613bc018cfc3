import { z } from 'zod'
import { retry } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import type { Counts, ReadCounts } from '../../domain/stock/counts.ts'
import { countedOn } from '../kit/counts.ts'
import { query } from './api.ts'
import { StockRowBody } from './wire.ts'

/** NetSuite's largest page. */
const limit = 1000

const Cursor = z.string().regex(/^\d{1,15}$/)

/**
 * Pages follow the item's internal id instead of an offset: what comes or goes meanwhile moves no row from one page to
 * another, and a location may have more than the 100,000 rows that a query is cut off at.
 */
const readCounts: ReadCounts = async (account, { code, cursor = '0' }) => {
  const at = account.now().toISOString()
  const q = [
    'SELECT l.item AS item, i.itemid AS sku, l.quantityonhand AS onhand,',
    'l.quantityavailable AS available, l.quantitycommitted AS committed',
    'FROM inventoryitemlocations l JOIN item i ON i.id = l.item',
    `WHERE l.location = ${code} AND l.item > ${Cursor.parse(cursor)} ORDER BY l.item`,
  ].join(' ')
  const answer = await query(account, q, limit)
  if (!answer.ok) return answer
  const { items, hasMore } = answer.value

  let last = Number(cursor)
  const counted = countedOn(items, StockRowBody, (row) => {
    const { item, sku, onhand: onHand, available, committed } = row
    last = Math.max(last, Number(item))
    return { sku, onHand, quarantined: Math.max(0, onHand - available - committed) }
  })
  if (!hasMore) return ok({ ...counted, at })
  if (last <= Number(cursor)) return err(retry('NetSuite has more rows and names none'))
  return ok({ ...counted, at, cursor: String(last) })
}

export const counts: Counts = {
  problem: (code) =>
    /^[1-9]\d{0,9}$/.test(code)
      ? undefined
      : `"${code}" is no internal id of a location; write its number, as Setup > Company > Locations shows it`,
  read: readCounts,
}
