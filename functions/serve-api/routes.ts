import { endpoints } from '../../schemas/api/endpoints.ts'
import { readDescription } from './description/read-description.ts'
import { listExceptions } from './exceptions/list-exceptions.ts'
import { readListingTerms } from './listings/read-listing-terms.ts'
import { setListingTerms } from './listings/set-listing-terms.ts'
import { executeCommand } from './orders/execute-command.ts'
import { findOrders } from './orders/find-orders.ts'
import { readOrder } from './orders/read-order.ts'
import { readTimeline } from './orders/read-timeline.ts'
import { submitChannelOrder } from './orders/submit-channel-order.ts'
import { createPrivacyRequest } from './privacy/create-privacy-request.ts'
import { recordReport } from './reports/record-report.ts'
import { route } from './route.ts'
import { readAvailability } from './stock/read-availability.ts'
import { readStock } from './stock/read-stock.ts'
import { recordCounts } from './stock/record-counts.ts'
import { recordMovements } from './stock/record-movements.ts'

export const routes = [
  route('submitChannelOrder', endpoints.submitChannelOrder, submitChannelOrder),
  route('findOrders', endpoints.findOrders, findOrders),
  route('readOrder', endpoints.readOrder, readOrder),
  route('readTimeline', endpoints.readTimeline, readTimeline),
  route('giveCommand', endpoints.giveCommand, executeCommand),
  route('askForPrivacy', endpoints.askForPrivacy, createPrivacyRequest),
  route('listExceptions', endpoints.listExceptions, listExceptions),
  route('takeReport', endpoints.takeReport, recordReport),
  route('takeCounts', endpoints.takeCounts, recordCounts),
  route('takeMovements', endpoints.takeMovements, recordMovements),
  route('readStock', endpoints.readStock, readStock),
  route('readAvailability', endpoints.readAvailability, readAvailability),
  route('setListingTerms', endpoints.setListingTerms, setListingTerms),
  route('readListingTerms', endpoints.readListingTerms, readListingTerms),
  route('readDescription', endpoints.readDescription, readDescription),
] as const
