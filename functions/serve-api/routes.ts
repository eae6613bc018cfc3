import { endpoints } from '../../schemas/api/endpoints.ts'
import { askForPrivacy } from './ask-for-privacy.ts'
import { findOrders } from './find-orders.ts'
import { giveCommand } from './give-command.ts'
import { listExceptions } from './list-exceptions.ts'
import { readAvailability } from './read-availability.ts'
import { readDescription } from './read-description.ts'
import { readListingTerms } from './read-listing-terms.ts'
import { readOrder } from './read-order.ts'
import { readStock } from './read-stock.ts'
import { readTimeline } from './read-timeline.ts'
import { route } from './route.ts'
import { setListingTerms } from './set-listing-terms.ts'
import { submitChannelOrder } from './submit-channel-order.ts'
import { takeCounts } from './take-counts.ts'
import { takeMovements } from './take-movements.ts'
import { takeReport } from './take-report.ts'

/** Who answers what. */
export const routes = [
  route('submitChannelOrder', endpoints.submitChannelOrder, submitChannelOrder),
  route('findOrders', endpoints.findOrders, findOrders),
  route('readOrder', endpoints.readOrder, readOrder),
  route('readTimeline', endpoints.readTimeline, readTimeline),
  route('giveCommand', endpoints.giveCommand, giveCommand),
  route('askForPrivacy', endpoints.askForPrivacy, askForPrivacy),
  route('listExceptions', endpoints.listExceptions, listExceptions),
  route('takeReport', endpoints.takeReport, takeReport),
  route('takeCounts', endpoints.takeCounts, takeCounts),
  route('takeMovements', endpoints.takeMovements, takeMovements),
  route('readStock', endpoints.readStock, readStock),
  route('readAvailability', endpoints.readAvailability, readAvailability),
  route('setListingTerms', endpoints.setListingTerms, setListingTerms),
  route('readListingTerms', endpoints.readListingTerms, readListingTerms),
  route('readDescription', endpoints.readDescription, readDescription),
] as const
