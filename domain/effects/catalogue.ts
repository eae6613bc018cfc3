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

/** What an open exception blocks: `all` is everything new at any system. */
export type Blocks = 'release' | 'all-but-acceptance' | 'all'

/** The static properties of an effect. */
export interface EffectRow {
  /** The kind of system that performs it. */
  readonly system: 'channel' | 'erp' | 'wms'
  /** The system whose copy of the order it creates or changes; it cannot be done without the order's personal data. */
  readonly copy?: 'erp' | 'wms'
  /** It creates that copy, so it no longer matters once the order is cancelled. */
  readonly creates?: true
  /** It reports one parcel. */
  readonly perParcel?: true
  /**
   * The units of a line that it is about.
   * @default the units to deliver
   */
  readonly units?: 'for-warehouse' | 'taken-back'
  /**
   * The codes that it sends.
   * @default none: it uses references only
   */
  readonly codes?: readonly Ask[]
  /** The event when it is done. */
  readonly doneAs: Extract<OrderEvent, { readonly reference: object }>['type']
  /**
   * What it waits for: exceptions that block this. Only an effect that makes a new commitment waits.
   * @default none: what has happened is always reported
   */
  readonly waitsFor?: readonly Blocks[]
  /**
   * When it is no longer requested. @default never: what has shipped stays posted, and the ERP is told how much that
   * is
   */
  readonly stopsAt?: 'cancel-requested' | 'cancelled'
  /** It only reads, so an order can be complete without it. */
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

/** The effects, one row each. */
export const effectCatalogue: Readonly<Record<EffectName, EffectRow>> = {
  'accept-order': {
    system: 'channel',
    doneAs: 'sale.accepted',
    // An order that waits for the channel can still be accepted there: that is what the channel waits for.
    waitsFor: ['all'],
    stopsAt: 'cancel-requested',
    retractable: true,
  },
  'create-order': { ...salesOrder, creates: true, doneAs: 'order.accepted', stopsAt: 'cancelled' },
  'amend-order': { ...salesOrder, doneAs: 'amendment.posted', retractable: true },
  // An abandoned request may be carried out after a later attempt succeeded.
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

/** The purpose for which an effect reads personal data; an intent's id begins with its effect. */
export function purposeOf(intentId: string): Purpose {
  const effect = EffectName.safeParse(intentId.split(':')[0])
  return purposes[effect.success ? effectCatalogue[effect.data].system : 'channel']
}
