import { z } from 'zod'
import { CountedUnits } from '../../domain/stock/units.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'

/** Ids are strings on the wire, but numbers were seen in answers of customised accounts. */
const Id = z.union([z.string(), z.number()]).transform(String)

export const ErrorDetail = z.object({
  detail: z.string().catch(''),
  'o:errorCode': z.string().catch(''),
  'o:errorPath': z.string().optional().catch(undefined),
})
export type ErrorDetail = z.infer<typeof ErrorDetail>

/** What NetSuite says when it refuses, whatever the status line says. */
export const ErrorBody = z.object({
  status: z.number().optional().catch(undefined),
  'o:errorDetails': z.array(ErrorDetail),
})
export type ErrorBody = z.infer<typeof ErrorBody>

export const RecordBody = z.object({ id: Id, tranId: z.string().optional() })
type RecordBody = z.infer<typeof RecordBody>

export const toReference = ({ id, tranId }: RecordBody): Reference => ({
  id,
  ...(tranId && { number: tranId }),
})

/** `total` is in the order's currency. */
export const SummaryBody = RecordBody.extend({
  total: z.number().optional(),
  memo: z.string().optional().catch(undefined),
})
export type SummaryBody = z.infer<typeof SummaryBody>

export const SalesOrderLine = z.looseObject({
  line: z.number(),
  quantity: z.number().optional(),
  quantityFulfilled: z.number().optional(),
  quantityBilled: z.number().optional().catch(undefined),
  item: z.object({ id: Id.optional(), refName: z.string().optional() }).optional().catch(undefined),
  isClosed: z.boolean().optional(),
  itemType: z.object({ id: z.string() }).optional().catch(undefined),
})
export type SalesOrderLine = z.infer<typeof SalesOrderLine>

/** With `expandSubResources=true`. */
export const SalesOrderBody = SummaryBody.extend({
  orderStatus: z.object({ id: z.string() }).optional().catch(undefined),
  shippingAddress: z.record(z.string(), z.unknown()).optional().catch(undefined),
  item: z.object({ items: z.array(SalesOrderLine) }),
})
export type SalesOrderBody = z.infer<typeof SalesOrderBody>

/** What a SuiteQL query answers. */
export const RowsBody = z.object({ items: z.array(z.unknown()), hasMore: z.boolean() })

/** Columns without a value are left out. */
const Units = CountedUnits.nullish().transform((units) => units ?? 0)

/** One item at one location. */
export const StockRowBody = z.object({
  item: Id,
  sku: z.string().trim().min(1),
  onhand: Units,
  available: Units,
  committed: Units,
})
