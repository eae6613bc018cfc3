import type { NameKind, Subject } from './effects/effect.ts'

/** The connection's name for a thing from the cross-references, or the code itself. */
export const named = (subject: Subject, kind: NameKind, code: string): string =>
  subject.names?.(kind, code) ?? code
