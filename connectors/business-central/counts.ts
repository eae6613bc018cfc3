import { z } from 'zod'
import { retry } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import type { Counts, ReadCounts } from '../../domain/stock/counts.ts'
import { countedOn } from '../kit/counts.ts'
import { listPage } from './api.ts'
import { ItemCountBody } from './wire.ts'

const first = new URLSearchParams({
  $filter: "type eq 'Inventory'",
  $select: 'number,inventory',
  $orderby: 'number',
}).toString()

const Query = z.string().regex(/^\$?[\w$%=&'+,.()~:;*!/-]+$/)

/** What an item's card says is there in all of the company. */
const readCounts: ReadCounts = async (account, { cursor = first }) => {
  const at = account.now().toISOString()
  const page = await listPage(account, 'items', Query.parse(cursor))
  if (!page.ok) return page
  const counted = countedOn(page.value.items, ItemCountBody, ({ number, inventory }) => ({
    sku: number,
    onHand: inventory,
  }))
  const { next } = page.value
  if (next !== undefined && next === cursor) {
    return err(retry('Business Central names the page it was asked for as the next'))
  }
  return ok({ ...counted, at, ...(next !== undefined && { cursor: next }) })
}

/** The word for all of the company. */
const everywhere = '*'

export const counts: Counts = {
  problem: (code) =>
    code === everywhere
      ? undefined
      : 'Business Central’s API says how many units of an item there are in all, and not where; write "*" if all of the company’s goods lie at this location, or leave `count` out and bring counts by file or API',
  read: readCounts,
}
