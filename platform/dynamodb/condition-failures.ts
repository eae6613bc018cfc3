/** Another writer was first: a failed condition is certain, whatever else failed. Throttling alone is an error. */
export function isConditionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (single.has(error.name)) return true
  const codes = reasonsOf(error)
  return codes.every((code) => known.has(code)) && codes.some((code) => race.has(code))
}

/**
 * A transaction was cancelled without a failed condition, because of throttling or a conflict. A retry may succeed;
 * the SDK does not retry it.
 */
export function mayYetBeDone(error: unknown): error is Error {
  const codes = reasonsOf(error).filter((code) => code !== 'None')
  return codes.length > 0 && codes.every((code) => passing.has(code))
}

/** The cancellation reasons of a transaction by item; none for other errors. */
export function reasonsOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return []
  const { CancellationReasons } = error as Refused
  return (CancellationReasons ?? []).map(({ Code }) => Code ?? 'None')
}

interface Refused {
  readonly CancellationReasons?: readonly Reason[]
}

interface Reason {
  readonly Code?: string
}

/** A single write that conflicts with a transaction on its item. */
const single: ReadonlySet<string> = new Set([
  'ConditionalCheckFailedException',
  'TransactionConflictException',
])
const race: ReadonlySet<string> = new Set(['ConditionalCheckFailed', 'TransactionConflict'])
const passing: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
])
const known: ReadonlySet<string> = new Set(['None', ...race, ...passing])
