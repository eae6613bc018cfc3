import type { ExceptionCode } from '../schemas/events/exception.ts'

/**
 * A failure is named after what happens next, because that is all a caller can act on. Operators read reasons: never
 * put personal data or a secret in one.
 */
export type Failure =
  | { readonly next: 'retry'; readonly reason: string }
  /** Throttled: honour the delay; it does not count as an attempt. */
  | { readonly next: 'wait'; readonly reason: string; readonly seconds: number }
  /** The request may have taken effect: look it up before trying anything else. */
  | {
      readonly next: 'doubt'
      readonly reason: string
      /** The system accepted it and will report the result within this many seconds; no look-up until then. */
      readonly answersWithin?: number
    }
  /** A business problem: a person must change something first. */
  | { readonly next: 'except'; readonly reason: string; readonly code: ExceptionCode }
  /** Credentials or permissions: every request of this connection fails. */
  | { readonly next: 'halt'; readonly reason: string }
  /** Already done. */
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
