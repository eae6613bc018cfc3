import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'

/** Somebody else was first. Throttling and the like are no such thing and stay errors. */
export function lostRace(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (single.has(error.name)) return true
  if (!(error instanceof TransactionCanceledException)) return false
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None')
  return codes.every((code) => race.has(code)) && codes.some((code) => code !== 'None')
}

/** A write of one item, and a transaction that has the same item in hand. */
const single: ReadonlySet<string> = new Set([
  'ConditionalCheckFailedException',
  'TransactionConflictException',
])
const race: ReadonlySet<string> = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict'])
