import { z } from 'zod'
import { CountedUnits } from '../../domain/stock/units.ts'

/** What Business Central says when it refuses. */
export const ErrorBody = z.object({
  error: z.object({ code: z.string().catch(''), message: z.string().catch('') }),
})

/** A list of which only the first page is asked for. */
export const listOf = <T extends z.ZodType>(schema: T) => z.object({ value: z.array(schema) })

/** A page of a list that is read to its end. */
export const PageBody = z.object({
  value: z.array(z.unknown()),
  '@odata.nextLink': z.string().optional(),
})

export const ItemCountBody = z.object({ number: z.string().min(1), inventory: CountedUnits })

export const ItemBody = z.object({
  id: z.string().min(1),
  number: z.string().min(1),
  blocked: z.boolean().optional(),
})

export const CustomerBody = z.object({ number: z.string().min(1) })

const Etag = z.object({ '@odata.etag': z.string().min(1) })

/** A line as it stands; the fields that we set and compare are read by name. */
export const LineBody = z.looseObject({
  ...Etag.shape,
  id: z.string().min(1),
  lineType: z.string(),
  description2: z.string().catch(''),
  quantity: z.number().catch(0),
  shippedQuantity: z.number().catch(0),
  invoicedQuantity: z.number().catch(0),
})
export type LineBody = z.infer<typeof LineBody>

/** A sales order; `totalAmountIncludingTax` is in the order's currency. */
export const OrderHead = z.looseObject({
  id: z.string().min(1),
  number: z.string().min(1),
  totalAmountIncludingTax: z.number().optional(),
})
export type OrderHead = z.infer<typeof OrderHead>

/** With `$expand=salesOrderLines`. */
export const OrderBody = OrderHead.extend({ ...Etag.shape, salesOrderLines: z.array(LineBody) })
export type OrderBody = z.infer<typeof OrderBody>

/** What `POST salesOrders` answers. */
export const CreatedBody = z.object({ id: z.string().min(1) })

/** With `$expand=salesShipmentLines`. */
export const ShipmentBody = z.object({
  id: z.string().min(1),
  number: z.string().min(1),
  orderNumber: z.string().catch(''),
  salesShipmentLines: z.array(z.object({ description2: z.string().catch('') })).catch([]),
})
export type ShipmentBody = z.infer<typeof ShipmentBody>

export const InvoiceBody = z.object({
  id: z.string().min(1),
  number: z.string(),
  orderId: z.string().catch(''),
  orderNumber: z.string().catch(''),
})
