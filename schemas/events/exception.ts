import { z } from 'zod'

/** Why an order cannot continue. `docs/runbook.md` explains each code. */
export const ExceptionCode = z.enum([
  'address-review',
  'already-fulfilled',
  'amended-after-posting',
  'amended-after-release',
  'backordered',
  'cancel-at-channel',
  'cancelled-after-release',
  'channel-hold',
  'channel-unavailable',
  'connection-halted',
  'dead-letter',
  'duplicate-document',
  'effect-refused',
  'fraud-review',
  'impossible-order',
  'in-doubt',
  'missing-address',
  'missing-sku',
  'money-kept',
  'money-mismatch',
  'no-route',
  'on-hold',
  'order-not-found',
  'over-shipped',
  'overdue',
  'payment-pending',
  'pending-at-channel',
  'personal-data-gone',
  'refunded-without-return',
  'shipment-corrected',
  'shipped-before-change',
  'shipped-unreleased',
  'test-order',
  'unknown-shipment-line',
  'unmapped-code',
  'unreadable-payload',
  'warehouse-hold',
])
export type ExceptionCode = z.infer<typeof ExceptionCode>

/** Who must act. */
export const ExceptionOwner = z.enum([
  'commerce',
  'customer-service',
  'finance',
  'platform',
  'warehouse',
])
export type ExceptionOwner = z.infer<typeof ExceptionOwner>
