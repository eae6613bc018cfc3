import { endpoints } from '../../schemas/api/endpoints.ts'
import { findOrders } from './find-orders.ts'
import { giveCommand } from './give-command.ts'
import { listExceptions } from './list-exceptions.ts'
import { readDescription } from './read-description.ts'
import { readOrder } from './read-order.ts'
import { readTimeline } from './read-timeline.ts'
import { route } from './route.ts'
import { submitChannelOrder } from './submit-channel-order.ts'
import { takeReport } from './take-report.ts'

/** Who answers what. */
export const routes = [
  route('submitChannelOrder', endpoints.submitChannelOrder, submitChannelOrder),
  route('findOrders', endpoints.findOrders, findOrders),
  route('readOrder', endpoints.readOrder, readOrder),
  route('readTimeline', endpoints.readTimeline, readTimeline),
  route('giveCommand', endpoints.giveCommand, giveCommand),
  route('listExceptions', endpoints.listExceptions, listExceptions),
  route('takeReport', endpoints.takeReport, takeReport),
  route('readDescription', endpoints.readDescription, readDescription),
] as const
