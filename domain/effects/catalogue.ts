import { EffectName, type OrderEvent } from '../../schemas/events/order-event.ts'
import {
  type Ask,
  customer,
  goods,
  packed,
  parcel,
  paymentMethods,
  shippableGoods,
  shippingMethods,
  taxCodes,
} from '../cross-references/wanted.ts'
import type { Purpose } from '../privacy/purpose.ts'

/** What a standing exception keeps from happening: `all` is everything new at any system. */
export type Blocks = 'release' | 'all-but-acceptance' | 'all'

/** Everything that is known of an effect before an order is looked at. */
export interface EffectRow {
  /** The kind of system that is asked. */
  readonly system: 'channel' | 'erp' | 'wms'
  /** Whose copy of the order it makes or changes; such an effect cannot be done without the order's people. */
  readonly copy?: 'erp' | 'wms'
  /** It makes that copy, so nothing about it matters once the order is cancelled. */
  readonly creates?: true
  /** It tells of one parcel. */
  readonly perParcel?: true
  /**
   * Units of a line that it is about.
   * @default those that the buyer is to get
   */
  readonly units?: 'for-warehouse' | 'taken-back'
  /**
   * The codes that it sends.
   * @default none: systems are told of documents by their references alone
   */
  readonly codes?: readonly Ask[]
  /** The event that says it is done. */
  readonly doneAs: Extract<OrderEvent, { readonly reference: object }>['type']
  /**
   * The exceptions that it waits for, by what they block. Only an effect that makes a new commitment waits.
   * @default none: what already happened is still told onwards
   */
  readonly waitsFor?: readonly Blocks[]
  /** When it stops being asked for. @default never: what has shipped stays posted, and the ERP hears how much that is */
  readonly stopsAt?: 'cancel-requested' | 'cancelled'
  /** It only reads, so an order is complete without it. */
  readonly isCheck?: true
  /** It may become unnecessary as long as nothing of it has happened. */
  readonly retractable?: true
}

const all = ['all', 'all-but-acceptance'] as const

const salesOrder = {
  system: 'erp',
  copy: 'erp',
  codes: [goods, taxCodes, shippingMethods, paymentMethods, customer],
  waitsFor: all,
} as const

const release = {
  system: 'wms',
  copy: 'wms',
  units: 'for-warehouse',
  codes: [shippableGoods, shippingMethods],
  stopsAt: 'cancel-requested',
  retractable: true,
} as const

const ofParcel = { perParcel: true, codes: [parcel, packed] } as const

/** What Crossdock asks of systems, one row an effect. */
export const effectCatalogue: Readonly<Record<EffectName, EffectRow>> = {
  'accept-order': {
    system: 'channel',
    doneAs: 'sale.accepted',
    // What waits for the channel may still be accepted there, because that is what the channel waits for.
    waitsFor: ['all'],
    stopsAt: 'cancel-requested',
    retractable: true,
  },
  'create-order': { ...salesOrder, creates: true, doneAs: 'order.accepted', stopsAt: 'cancelled' },
  'amend-order': { ...salesOrder, doneAs: 'amendment.posted', retractable: true },
  // A request that its caller gave up on may be carried out after the next attempt succeeded.
  'check-duplicates': { system: 'erp', doneAs: 'duplicates.checked', isCheck: true },
  'cancel-order': { system: 'erp', doneAs: 'order.withdrawn' },
  'post-shipment': { ...ofParcel, system: 'erp', doneAs: 'shipment.posted' },
  'release-order': {
    ...release,
    creates: true,
    doneAs: 'order.released',
    waitsFor: [...all, 'release'],
  },
  'amend-release': { ...release, doneAs: 'release.amended', waitsFor: all },
  'cancel-release': { system: 'wms', doneAs: 'release.cancelled', retractable: true },
  'confirm-shipment': { ...ofParcel, system: 'channel', doneAs: 'shipment.published' },
  'cancel-sale': {
    system: 'channel',
    units: 'taken-back',
    doneAs: 'sale.cancelled',
    retractable: true,
  },
}

const purposes: Readonly<Record<EffectRow['system'], Purpose>> = {
  channel: 'update-channel',
  erp: 'post-order',
  wms: 'release',
}

/** What an effect reads an order's people for; an intent's id begins with its effect. */
export function purposeOf(intentId: string): Purpose {
  const effect = EffectName.safeParse(intentId.split(':')[0])
  return purposes[effect.success ? effectCatalogue[effect.data].system : 'channel']
}
