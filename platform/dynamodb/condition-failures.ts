/** Somebody else was first: that a condition failed is a fact, whatever else was busy. Throttling alone is no such thing and stays an error. */
export function isConditionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (single.has(error.name)) return true
  const codes = reasonsOf(error)
  return codes.every((code) => known.has(code)) && codes.some((code) => race.has(code))
}

/**
 * A transaction was cancelled although no condition failed: tables were busy, or others had its items in hand. In a moment it
 * may be done, or a condition fails. The SDK does not retry it by itself.
 */
export function mayYetBeDone(error: unknown): error is Error {
  const codes = reasonsOf(error).filter((code) => code !== 'None')
  return codes.length > 0 && codes.every((code) => passing.has(code))
}

/** Why a transaction was cancelled, for each of its items; of any other error nothing. */
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

/** A write of one item, and a transaction that has the same item in hand. */
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
