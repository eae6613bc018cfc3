import { refuse } from '../kit/answer.ts'
import { isUnindexed } from '../kit/index-lag.ts'
import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import { refused, shown } from './answers.ts'
import { etagOf, type Kind, recordsOf, type TwinRecord } from './records.ts'

/** Seconds that a lagging index is behind. */
const lagSeconds = 10

/** Lines are kept inside their document, and are shown when they are asked for. */
const linesName: Readonly<Partial<Record<Kind, string>>> = {
  salesOrder: 'salesOrderLines',
  salesShipment: 'salesShipmentLines',
}

interface Condition {
  readonly field: string
  readonly value: string
}

/** `GET` of a list: filters of equalities joined by `or`, and `$select` and `$expand` of lines. */
export function showList(world: TwinWorld, kind: Kind, options: URLSearchParams): TwinReply {
  const filter = options.get('$filter')
  const conditions = filter === null ? [] : filter.split(/ or /i).map(conditionIn)
  const expand = options.get('$expand')
  if (expand !== null && expand !== linesName[kind]) {
    return refused(400, 'BadRequest', `Could not find a property named '${expand}'.`)
  }
  const found = recordsOf(world, kind).filter(
    (record) =>
      // Items are there before they are asked for.
      (kind === 'item' || isIndexed(world, record, conditions)) &&
      (filter === null || conditions.some((condition) => matches(record, condition))),
  )
  const select = options.get('$select')?.split(',')
  const value = found.map((record) => selected(show(kind, record, expand !== null), select))
  return shown(200, { '@odata.context': `$metadata#companies/${kind}s`, value })
}

/** A record as the API shows it. */
export function show(
  kind: Kind,
  { version, createdAt, deleted, lines, ...record }: TwinRecord,
  withLines: boolean,
): Readonly<Record<string, unknown>> {
  const name = linesName[kind]
  return {
    '@odata.etag': etagOf({ id: record.id, version }),
    ...record,
    ...(withLines && name && { [name]: Array.isArray(lines) ? lines.map(showLine) : [] }),
  }
}

export const showLine = ({
  version = 0,
  ...line
}: {
  readonly id: string
  readonly version?: number
}): Readonly<Record<string, unknown>> => ({
  '@odata.etag': etagOf({ id: line.id, version }),
  ...line,
})

function conditionIn(text: string): Condition {
  const [, field, string, bare] =
    /^\(?(\w+) eq (?:'((?:[^']|'')*)'|([\w-]+))\)?$/.exec(text.trim()) ?? []
  const value = string?.replaceAll("''", "'") ?? bare
  return field === undefined || value === undefined
    ? refuse(refused(400, 'BadRequest', 'Bad Request - Error in query syntax.'))
    : { field, value }
}

/** Codes are compared without case. */
const matches = (record: TwinRecord, { field, value }: Condition): boolean =>
  String(record[field] ?? '').toUpperCase() === value.toUpperCase()

/** By its id a record is found at once; by anything else, while the index lags, only once it is old enough. */
const isIndexed = (
  world: TwinWorld,
  { createdAt }: TwinRecord,
  conditions: readonly Condition[],
): boolean =>
  conditions.every(({ field }) => field === 'id') ||
  !isUnindexed(world, Date.parse(createdAt), lagSeconds)

const selected = (
  record: Readonly<Record<string, unknown>>,
  fields: readonly string[] | undefined,
): Readonly<Record<string, unknown>> =>
  fields
    ? Object.fromEntries(
        Object.entries(record).filter(([f]) => f === '@odata.etag' || fields.includes(f)),
      )
    : record
