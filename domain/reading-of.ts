import type { Report } from '../schemas/api/report.ts'
import type { Reading } from './plug.ts'

/** What a report says to the ledger: the same words, so that this fails to compile when the two drift apart. */
export function readingOf(report: Report): Reading {
  const { type: says, ...told } = report
  // TypeScript does not see that a part and the rest of one report belong together.
  return { says, ...told } as Told<Report>
}

type Told<R> = R extends { readonly type: infer Type } ? { says: Type } & Omit<R, 'type'> : never
