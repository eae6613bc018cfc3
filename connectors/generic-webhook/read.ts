import type { Failure } from '../../domain/failure.ts'
import { parse } from '../../domain/parse.ts'
import type { Delivery, Reading } from '../../domain/reading.ts'
import { readingOf } from '../../domain/reading-of.ts'
import { ok, type Result } from '../../domain/result.ts'
import { Report } from '../../schemas/api/report.ts'

/** A report is in the ledger's own words, or it is refused with every field that is wrong. */
export function read({ body }: Delivery): Result<readonly Reading[], Failure> {
  const report = parse(Report, body)
  return report.ok ? ok([readingOf(report.value)]) : report
}
