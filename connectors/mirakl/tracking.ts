import type { Subject } from '../../domain/effects/effect.ts'
import { named } from '../../domain/names.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { MiraklSettings } from './settings.ts'

/** How a parcel is followed. A carrier that the operator knows goes by its code, and Mirakl makes the link itself. */
export function trackingOf(
  subject: Subject,
  { carrier, trackingNumber, trackingUrl }: Shipment,
  { carriers }: Pick<MiraklSettings, 'carriers'>,
) {
  const name = carrier && named(subject, 'carrier', carrier)
  const isKnown = name !== undefined && carriers.includes(name)
  return {
    ...(isKnown ? { carrier_code: name } : name && { carrier_name: name }),
    ...(trackingNumber && { tracking_number: trackingNumber }),
    ...(trackingUrl && !isKnown && { tracking_url: trackingUrl }),
  }
}
