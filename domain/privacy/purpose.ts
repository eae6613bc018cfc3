import type { EffectName } from '../../schemas/events/order-event.ts'

/** Why personal data is read. Whoever opens an order names one, and the log keeps it. */
export type Purpose =
  /** An ERP gets the order, or a change of it. */
  | 'post-order'
  /** A warehouse gets it. */
  | 'release'
  /** Its channel is told something. */
  | 'update-channel'
  /** A new version of a document gets the edits that still hold. */
  | 'keep-edits'
  /** A system's words about it are cleansed of them. */
  | 'cleanse'
  /** A person changes a field. */
  | 'edit'
  /** A person reads it; what for, they say themselves. */
  | 'desk'
  /** A customer wants to know what is kept. */
  | 'data-request'

const purposes: Readonly<Record<EffectName, Purpose>> = {
  'create-order': 'post-order',
  'amend-order': 'post-order',
  'cancel-order': 'post-order',
  'post-shipment': 'post-order',
  'release-order': 'release',
  'amend-release': 'release',
  'cancel-release': 'release',
  'accept-order': 'update-channel',
  'confirm-shipment': 'update-channel',
  'cancel-sale': 'update-channel',
}

/** What an effect reads an order's people for; an intent's id begins with its effect. */
export const purposeOf = (intentId: string): Purpose =>
  new Map<string, Purpose>(Object.entries(purposes)).get(intentId.split(':')[0] ?? '') ??
  'update-channel'

/** What no system can be told without them. The others go by references and quantities. */
export const needsPeople: ReadonlySet<EffectName> = new Set([
  'create-order',
  'amend-order',
  'release-order',
  'amend-release',
])
