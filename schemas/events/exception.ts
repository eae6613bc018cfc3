import { z } from 'zod'

/** Why an order cannot flow. `docs/runbook.md` says what each means and what to do. */
export const ExceptionCode = z.enum([
  'already-fulfilled',
  'amended-after-posting',
  'cancelled-after-release',
  'channel-unavailable',
  'connection-halted',
  'dead-letter',
  'effect-refused',
  'in-doubt',
  'missing-address',
  'missing-sku',
  'money-mismatch',
  'no-route',
  'order-not-found',
  'over-shipped',
  'overdue',
  'test-order',
  'unknown-shipment-line',
  'unreadable-payload',
  'warehouse-hold',
])
export type ExceptionCode = z.infer<typeof ExceptionCode>

/** Who is expected to act. */
export const ExceptionOwner = z.enum([
  'commerce',
  'customer-service',
  'finance',
  'platform',
  'warehouse',
])
export type ExceptionOwner = z.infer<typeof ExceptionOwner>
