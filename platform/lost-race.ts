/** Somebody else was first. Throttling and the like are no such thing and stay errors. */
export function lostRace(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (single.has(error.name)) return true
  const codes = reasonsOf(error)
  return codes.every((code) => race.has(code)) && codes.some((code) => code !== 'None')
}

/** Why a transaction was cancelled, for each of its items; of any other error nothing. */
export function reasonsOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return []
  const { CancellationReasons } = error as { readonly CancellationReasons?: readonly Reason[] }
  return (CancellationReasons ?? []).map(({ Code }) => Code ?? 'None')
}

interface Reason {
  readonly Code?: string
}

/** A write of one item, and a transaction that has the same item in hand. */
const single: ReadonlySet<string> = new Set([
  'ConditionalCheckFailedException',
  'TransactionConflictException',
])
const race: ReadonlySet<string> = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict'])
