import type { Effect } from '../../domain/effects/effect.ts'
import { except } from '../../domain/failure.ts'
import { err } from '../../domain/result.ts'
import { MiraklSettings } from './settings.ts'
import { findShipped, shipOrder } from './ship-order.ts'
import { findParcel, shipParcel } from './ship-parcel.ts'

/**
 * Tells the marketplace that a parcel left: the order as a whole, which its state remembers, or, where the operator
 * allows several shipments, each parcel, which is known again by its id in `package_reference`.
 */
export const confirmShipment: Effect = {
  safety: { by: 'lookup', lagSeconds: 60 },
  find: 'in-doubt',
  look: async (account, subject) => {
    const { shipment } = subject
    if (!shipment) return err(nothing)
    return MiraklSettings.parse(account.settings).parcels === 'several'
      ? findParcel(account, subject, shipment)
      : findShipped(account, subject)
  },
  make: async (account, subject) => {
    const { shipment } = subject
    if (!shipment || shipment.lines.length === 0) return err(nothing)
    const settings = MiraklSettings.parse(account.settings)
    const ship = settings.parcels === 'several' ? shipParcel : shipOrder
    return ship(account, subject, { shipment, settings })
  },
}

const nothing = except('effect-refused', 'there is no shipment with lines to confirm')
