import type { Failure } from '../domain/failure.ts'
import type { Delivery, Plug, Reading } from '../domain/plug.ts'
import type { Result } from '../domain/result.ts'

/** A system that fulfils or accounts. One folder under `connectors/` exports one of these. */
export interface Connector extends Plug {
  /** `either`: each connection says which, in a required field `kind` of its own settings. */
  readonly kind: 'erp' | 'wms' | 'either'
  /** Webhook topics an operator subscribes this connection to; empty when the system sends none. */
  readonly topics: readonly string[]
  /** It may report through the Capability API too, and `read` gets the reports as it gets webhooks. @default false */
  readonly reports?: boolean
  /** Pure. Fails with `unreadable-payload` and never throws. Absent when the system sends and is swept for nothing. */
  read?(delivery: Delivery): Result<readonly Reading[], Failure>
}
