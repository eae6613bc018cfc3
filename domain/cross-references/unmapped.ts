import type { Thing } from '../../schemas/stored/cross-reference.ts'
import { csvLine } from '../csv.ts'
import { except, type Failure } from '../failure.ts'

/** More rows would make the reason unreadable; the next attempt names the remaining ones. */
const mostRows = 5

/** A business problem that ends when the rows in its reason are imported. */
export function unmapped(things: readonly Thing[]): Failure {
  const [first] = things
  if (!first) return except('unmapped-code', 'a name is missing')
  const what = things.map(said)
  const rows = things.slice(0, mostRows).map(rowOf)
  const more = things.length - rows.length
  const reason = `${first.connection} has no name for ${list(what, mostRows)}; import ${rows.length > 1 ? 'the rows' : 'the row'} ${rows.join(' and ')}${more > 0 ? ` and ${more} more like these` : ''}`
  return except('unmapped-code', reason)
}

/** Many people read reasons, so the customer's id is not shown. */
const said = ({ kind, code }: Thing): string =>
  kind === 'customer' ? "this order's customer" : `${kind} "${code}"`

const rowOf = ({ connection, kind, code }: Thing): string =>
  csvLine([
    connection,
    kind,
    kind === 'customer' ? "<the customer's id at the channel>" : code,
    '<its name there>',
  ])

const list = (what: readonly string[], most: number): string =>
  what.length > most ? `${what.slice(0, most).join(', ')} …` : what.join(', ')
