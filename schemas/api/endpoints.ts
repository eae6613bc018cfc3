import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { ExceptionCode, ExceptionOwner } from '../events/exception.ts'
import { AnyCommand } from './command.ts'
import { Accepted, ExceptionPage } from './exception-record.ts'
import { text } from './fields.ts'
import { TermsOfListings, TermsTaken, TermsView } from './listing-terms.ts'
import { OrderSubmission } from './order-submission.ts'
import { OrderList, OrderView } from './order-view.ts'
import { PrivacyAccepted, PrivacyAsked } from './privacy.ts'
import type { ProblemKind } from './problem.ts'
import { Report } from './report.ts'
import {
  AvailabilityView,
  CountsTaken,
  MovementsTaken,
  StockCounts,
  StockMovements,
  StockView,
} from './stock.ts'
import { Timeline } from './timeline.ts'

/** One endpoint of the Capability API. */
export interface Endpoint<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  H extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST'
  /** `{name}` stands for one segment. */
  readonly path: string
  readonly summary: string
  readonly params: P
  /** Strict: unknown parameters are rejected. */
  readonly query: Q
  /** Lower-case names. */
  readonly headers: H
  readonly body: B
  readonly status: 200 | 202
  readonly answer: A
  /** Its problems besides those of every endpoint. */
  readonly problems: readonly ProblemKind[]
}

const define = <
  P extends z.ZodObject,
  Q extends z.ZodObject,
  H extends z.ZodObject,
  B extends z.ZodType,
  A extends z.ZodType,
>(
  endpoint: Endpoint<P, Q, H, B, A>,
): Endpoint<P, Q, H, B, A> => endpoint

const none = z.strictObject({})
const noHeaders = z.object({})
const noBody = z.undefined()

const connectorAndName = z.object({
  connector: z.string().regex(/^[a-z0-9-]+$/, 'write lower-case letters, digits and dashes'),
  name: z.string().regex(/^[a-z0-9-]+$/, 'write lower-case letters, digits and dashes'),
})
const ofOrder = z.object({ id: OrderId })

const once = z.object({
  'idempotency-key': z
    .string({ error: 'is missing; use a new one for each order or command, for example a UUID' })
    .regex(/^[\x21-\x7e]{1,255}$/, 'write 1 to 255 visible ASCII characters')
    .describe('Chosen by the caller. The same key with the same body is the same request.'),
})

const limit = z.coerce
  .number()
  .int('write a whole number')
  .min(1, 'write a number from 1 to 100')
  .max(100, 'write a number from 1 to 100')
  .default(50)
const sku = text("the channel's SKU")

/** A parameter that may be repeated. */
const skus = z
  .union([z.array(sku), sku.transform((one) => [one])], {
    error: ({ input }) =>
      input === undefined
        ? "is missing; write the channel's SKU, once for each article"
        : "write the channel's SKU, 1 to 200 characters",
  })
  .refine((all) => all.length <= 500, 'ask for at most 500 in one call')
  .describe("The channel's SKU. Repeat for each article, at most 500.")

const cursor = z.string().max(2000).optional().describe('`next` of the previous page.')

/** The whole Capability API; `functions/serve-api/routes.ts` has the handlers. */
export const endpoints = {
  submitChannelOrder: define({
    method: 'POST',
    path: '/v1/channels/{connector}/{name}/orders',
    summary: 'Submits an order or a new version of it, for a channel that uses this API.',
    params: connectorAndName,
    query: none,
    headers: once,
    body: OrderSubmission,
    status: 202,
    answer: Accepted,
    problems: ['not-found', 'key-reused', 'in-flight', 'too-large', 'unsupported-media-type'],
  }),
  findOrders: define({
    method: 'GET',
    path: '/v1/orders',
    summary: 'Finds orders by a reference of the channel, the ERP or the warehouse.',
    params: none,
    query: z.strictObject({
      reference: text('a number or an id'),
      connection: ConnectionId.optional().describe(
        'The connection that uses this reference. Default: any.',
      ),
    }),
    headers: noHeaders,
    body: noBody,
    status: 200,
    answer: OrderList,
    problems: [],
  }),
  readOrder: define({
    method: 'GET',
    path: '/v1/orders/{id}',
    summary: 'Reads an order.',
    params: ofOrder,
    query: z.strictObject({
      people: z.enum(['true', 'false'], 'write true or false').default('false'),
    }),
    headers: z.object({
      'x-purpose': z
        .string()
        .regex(/^[a-z][a-z0-9-]{1,63}$/, 'write a word such as customer-service or address-check')
        .optional()
        .describe('Why personal data is read. Required with `people=true`, and logged.'),
    }),
    body: noBody,
    status: 200,
    answer: OrderView,
    problems: ['not-found'],
  }),
  readTimeline: define({
    method: 'GET',
    path: '/v1/orders/{id}/timeline',
    summary: 'Reads what happened to an order, when it happened and when Crossdock learned it.',
    params: ofOrder,
    query: z.strictObject({ limit, cursor }),
    headers: noHeaders,
    body: noBody,
    status: 200,
    answer: Timeline,
    problems: ['not-found'],
  }),
  giveCommand: define({
    method: 'POST',
    path: '/v1/orders/{id}/commands',
    summary: 'Gives a command about an order and returns its new state.',
    params: ofOrder,
    query: none,
    headers: once,
    body: AnyCommand,
    status: 200,
    answer: OrderView,
    problems: [
      'not-found',
      'key-reused',
      'in-flight',
      'not-possible',
      'wrong-state',
      'too-large',
      'unsupported-media-type',
    ],
  }),
  askForPrivacy: define({
    method: 'POST',
    path: '/v1/privacy-requests',
    summary: 'Erases the personal data of an order or a customer, or writes it to a file.',
    params: none,
    query: none,
    headers: once,
    body: PrivacyAsked,
    status: 202,
    answer: PrivacyAccepted,
    problems: ['not-found', 'key-reused', 'in-flight', 'too-large', 'unsupported-media-type'],
  }),
  listExceptions: define({
    method: 'GET',
    path: '/v1/exceptions',
    summary: 'Lists open exceptions, most urgent order first.',
    params: none,
    query: z.strictObject({
      owner: ExceptionOwner.optional(),
      connection: ConnectionId.optional(),
      code: ExceptionCode.optional(),
      limit,
      cursor,
    }),
    headers: noHeaders,
    body: noBody,
    status: 200,
    answer: ExceptionPage,
    problems: [],
  }),
  takeReport: define({
    method: 'POST',
    path: '/v1/connections/{connector}/{name}/reports',
    summary: 'Takes a report from a system without a connector: a parcel left, a hold, an answer.',
    params: connectorAndName,
    query: none,
    headers: noHeaders,
    body: Report,
    status: 202,
    answer: Accepted,
    problems: ['not-found', 'too-large', 'unsupported-media-type'],
  }),
  takeCounts: define({
    method: 'POST',
    path: '/v1/stock/counts',
    summary: 'Records a count of a location: absolute quantities at a given time.',
    params: none,
    query: none,
    headers: once,
    body: StockCounts,
    status: 200,
    answer: CountsTaken,
    problems: ['key-reused', 'in-flight', 'too-large', 'unsupported-media-type'],
  }),
  takeMovements: define({
    method: 'POST',
    path: '/v1/stock/movements',
    summary:
      'Records movements other than parcels to customers: receipts, returns, losses, transfers.',
    params: none,
    query: none,
    headers: once,
    body: StockMovements,
    status: 200,
    answer: MovementsTaken,
    problems: ['key-reused', 'id-reused', 'in-flight', 'too-large', 'unsupported-media-type'],
  }),
  readStock: define({
    method: 'GET',
    path: '/v1/stock',
    summary: 'Reads the stock of an article at each location, and why.',
    params: none,
    query: z.strictObject({
      sku: text("the warehouse's SKU"),
      warehouse: ConnectionId.optional().describe('Default: every warehouse.'),
    }),
    headers: noHeaders,
    body: noBody,
    status: 200,
    answer: StockView,
    problems: [],
  }),
  readAvailability: define({
    method: 'GET',
    path: '/v1/availability',
    summary: 'Reads how many units of up to 500 articles a channel may sell, and why.',
    params: none,
    query: z.strictObject({
      channel: ConnectionId,
      sku: skus,
    }),
    headers: noHeaders,
    body: noBody,
    status: 200,
    answer: AvailabilityView,
    problems: [],
  }),
  setListingTerms: define({
    method: 'POST',
    path: '/v1/listings/terms',
    summary: 'Sets terms for single listings: buffer, allocation, minimum, maximum, lead time.',
    params: none,
    query: none,
    headers: once,
    body: TermsOfListings,
    status: 200,
    answer: TermsTaken,
    problems: ['key-reused', 'in-flight', 'too-large', 'unsupported-media-type'],
  }),
  readListingTerms: define({
    method: 'GET',
    path: '/v1/listings/terms',
    summary: 'Reads the terms of listings, and who set them.',
    params: none,
    query: z.strictObject({
      channel: ConnectionId,
      sku: text("the channel's SKU"),
    }),
    headers: noHeaders,
    body: noBody,
    status: 200,
    answer: TermsView,
    problems: ['not-found'],
  }),
  readDescription: define({
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'Reads this description.',
    params: none,
    query: none,
    headers: noHeaders,
    body: noBody,
    status: 200,
    answer: z.looseObject({ openapi: z.string() }),
    problems: [],
  }),
} as const
