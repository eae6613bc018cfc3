import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import { refused } from './answers.ts'

/** Nothing is written into a month of the document kind `closedPeriod`. */
export function closedPeriod(tranDate: unknown, { documents }: TwinWorld): TwinReply | undefined {
  const month = String(tranDate ?? '').slice(0, 7)
  return documents.get('closedPeriod', month)
    ? refused(400, 'USER_ERROR', {
        detail: `Error while accessing resource: The transaction date is in a closed period (${month}).`,
      })
    : undefined
}
