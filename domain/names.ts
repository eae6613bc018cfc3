import type { NameKind, Subject } from './effects/effect.ts'

/** What the subject's connection calls a thing: its own name from the cross-references, or else the code itself. */
export const named = (subject: Subject, kind: NameKind, code: string): string =>
  subject.names?.(kind, code) ?? code
