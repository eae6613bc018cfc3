import { z } from 'zod'
import { guidOf } from '../kit/ids.ts'
import type { TwinWorld } from '../kit/twin.ts'

/** What the twin keeps of any record beside the record: how often it changed, since when it is there, whether it went. */
export const TwinRecord = z.looseObject({
  id: z.string(),
  version: z.number(),
  createdAt: z.string(),
  deleted: z.boolean().optional(),
})
export type TwinRecord = z.infer<typeof TwinRecord>

export const TwinLine = z.looseObject({
  id: z.string(),
  version: z.number(),
  sequence: z.number(),
  lineType: z.string(),
  description2: z.string(),
  quantity: z.number(),
  unitPrice: z.number(),
  discountAmount: z.number(),
  shippedQuantity: z.number(),
  invoicedQuantity: z.number(),
  shipQuantity: z.number(),
  invoiceQuantity: z.number(),
})
export type TwinLine = z.infer<typeof TwinLine>

export const TwinOrder = TwinRecord.extend({
  number: z.string(),
  externalDocumentNumber: z.string(),
  currencyCode: z.string(),
  lines: z.array(TwinLine),
})
export type TwinOrder = z.infer<typeof TwinOrder>

export type Kind = 'item' | 'customer' | 'salesOrder' | 'salesShipment' | 'salesInvoice'

/** All records of a kind that stand, oldest first. */
export const recordsOf = ({ documents }: TwinWorld, kind: Kind): readonly TwinRecord[] =>
  documents
    .all(kind)
    .map(recordIn)
    .filter(({ deleted }) => !deleted)

/** Records that were read before: a kept document never changes, and every list looks at all of them. */
const read = new WeakMap<object, TwinRecord>()

function recordIn(document: unknown): TwinRecord {
  const known = document instanceof Object ? read.get(document) : undefined
  if (known) return known
  const record = TwinRecord.parse(document)
  if (document instanceof Object) read.set(document, record)
  return record
}

/** Keeps a record as its next version. */
export function save(
  world: TwinWorld,
  kind: Kind,
  record: Readonly<Record<string, unknown>> & { readonly id: string },
): TwinRecord {
  const before = TwinRecord.safeParse(world.documents.get(kind, record.id)).data
  const saved = TwinRecord.parse({
    ...record,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? world.now().toISOString(),
    lastModifiedDateTime: world.now().toISOString(),
  })
  world.documents.put(kind, record.id, saved)
  return saved
}

export function orderAt(world: TwinWorld, id: string): TwinOrder | undefined {
  const order = TwinOrder.safeParse(world.documents.get('salesOrder', id)).data
  return order?.deleted ? undefined : order
}

export const etagOf = ({ id, version }: Pick<TwinRecord, 'id' | 'version'>): string =>
  `W/"JzIwOzE${guidOf(`${id}/${version}`).slice(24)}'"`
