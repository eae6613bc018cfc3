import type { ExceptionCode } from '../schemas/events/exception.ts'

/**
 * A failure is named after what happens next, because that is the only thing a caller can act on.
 * Reasons are shown to operators: never put personal data or a secret in one.
 */
export type Failure =
  | { readonly next: 'retry'; readonly reason: string }
  /** Throttled: honour the delay; it does not count as an attempt. */
  | { readonly next: 'wait'; readonly reason: string; readonly seconds: number }
  /** The request may have taken effect: look it up before anything else is tried. */
  | {
      readonly next: 'doubt'
      readonly reason: string
      /** The system took it and says by itself within so many seconds what came of it: until then nobody asks. */
      readonly answersWithin?: number
    }
  /** A business problem: someone has to change something first. */
  | { readonly next: 'except'; readonly reason: string; readonly code: ExceptionCode }
  /** Credentials or permission: no request of this connection can succeed. */
  | { readonly next: 'halt'; readonly reason: string }
  /** Already so. */
  | { readonly next: 'ignore'; readonly reason: string }

export const retry = (reason: string): Failure => ({ next: 'retry', reason })
export const wait = (reason: string, seconds: number): Failure => ({
  next: 'wait',
  reason,
  seconds,
})
export const doubt = (reason: string, answersWithin?: number): Failure => ({
  next: 'doubt',
  reason,
  ...(answersWithin !== undefined && { answersWithin }),
})
export const except = (code: ExceptionCode, reason: string): Failure => ({
  next: 'except',
  code,
  reason,
})
export const halt = (reason: string): Failure => ({ next: 'halt', reason })
export const ignore = (reason: string): Failure => ({ next: 'ignore', reason })
