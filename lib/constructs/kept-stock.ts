import type { z } from 'zod'
import type { Deployment } from '../deployment.ts'
import type { CrossReferences } from './cross-references.ts'
import type { CrossdockFunction } from './crossdock-function.ts'
import type { Ledger } from './ledger.ts'
import type { Stock } from './stock.ts'

interface Kept {
  readonly deployment: Deployment
  readonly state: {
    readonly ledger: Ledger
    readonly stock: Stock
    readonly crossReferences: CrossReferences
  }
}

/** Where orders and stock are: environment of functions that record facts. */
export const ledgerEnvironment = ({ ledger, stock, crossReferences }: Kept['state']) => ({
  LEDGER_TABLE: ledger.table.tableName,
  STOCK_TABLE: stock.table.tableName,
  CROSS_REFERENCES_TABLE: crossReferences.table.tableName,
})

/** Tells the ledger things, and keeps stock in step where any is counted: an order and its units are one transaction. */
export function grantLearn<E extends z.ZodObject>(
  to: CrossdockFunction<E>,
  { deployment, state }: Kept,
): void {
  state.ledger.grantCommit(to)
  const locations = Object.values(deployment.stock?.locations ?? {})
  if (locations.length === 0) return
  state.stock.grantReserve(to)
  const warehouses = locations.map(({ warehouse }) => warehouse)
  state.crossReferences.grantLookUp(to, warehouses)
}

/** Besides that, counts and moves what lies at the places of the settings. */
export function grantCount<E extends z.ZodObject>(
  to: CrossdockFunction<E>,
  {
    deployment,
    state,
  }: Pick<Kept, 'deployment'> & { readonly state: Pick<Kept['state'], 'stock'> },
): void {
  const locations = Object.values(deployment.stock?.locations ?? {})
  if (locations.length > 0) state.stock.grantCount(to)
}
