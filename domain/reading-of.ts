import type { Report } from '../schemas/api/report.ts'
import type { Reading } from './reading.ts'

/** What a report says to the ledger: the same words, so that this fails to compile when the two drift apart. */
export function readingOf(report: Report): Reading {
  return report
}
