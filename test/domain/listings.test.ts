import type { StockRow } from '../../schemas/stored/stock.ts'
import { listingsContract } from '../support/listings-contract.ts'
import { MemoryListings } from '../support/memory-listings.ts'

const rows: StockRow[] = []
const listings = new MemoryListings({ rows: async () => rows, waiting: () => [] })

describe('listings in memory', () => {
  listingsContract(
    () => listings,
    async (row) => rows.push(row),
  )
})
