import type { Charge } from './meter.ts'
import type { Metric } from './metrics.ts'

/** What an observer of the cloud is told, in the order in which it happens. */
export type Happening =
  | { readonly kind: 'log'; readonly function: string; readonly line: string }
  | { readonly kind: 'metric'; readonly function: string; readonly metric: Metric }
  | {
      readonly kind: 'invocation'
      readonly function: string
      readonly requestId: string
      readonly ms: number
      readonly cold: boolean
      /** The error as Lambda reports it; absent when the function answered. */
      readonly error?: { readonly errorType: string; readonly errorMessage: string }
    }
  | {
      readonly kind: 'denied'
      readonly function: string
      readonly action: string
      readonly resource: string
      readonly message: string
    }
  | {
      readonly kind: 'dead-letter'
      /** The queue, stream, rule or schedule that gave up. */
      readonly from: string
      readonly to: string
      readonly messageId: string
      readonly reason: string
    }
  | {
      readonly kind: 'event'
      readonly bus: string
      readonly source: string
      readonly detailType: string
      /** Names of the rules that matched. */
      readonly rules: readonly string[]
    }
  | { readonly kind: 'billed'; readonly charge: Charge; readonly units: number }
  | { readonly kind: 'trouble'; readonly where: string; readonly message: string }

/** Tells the observer; must not throw. */
export type Observe = (happening: Happening) => void
