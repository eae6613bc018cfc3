import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'

/** Somebody else was first. Throttling and the like are no such thing and stay errors. */
export function lostRace(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'ConditionalCheckFailedException') return true
  if (!(error instanceof TransactionCanceledException)) return false
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None')
  return codes.every((code) => race.has(code)) && codes.some((code) => code !== 'None')
}

const race: ReadonlySet<string> = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict'])
