import type { Report } from '../schemas/api/report.ts'
import type { Reading } from './reading.ts'

/** Converts a report to a reading; does not compile if their fields drift apart. */
export function readingOf(report: Report): Reading {
  return report
}
