import { z } from 'zod'
import { nextOf } from '../kit/ids.ts'
import { isUnindexed } from '../kit/index-lag.ts'
import type { TwinWorld } from '../kit/twin.ts'

export const Ref = z.looseObject({
  id: z.coerce.string().optional(),
  externalId: z.string().optional(),
  refName: z.string().optional(),
})
export type Ref = z.infer<typeof Ref>

export const TwinLine = z.looseObject({
  line: z.number(),
  item: Ref,
  itemType: z.object({ id: z.string() }),
  quantity: z.number(),
  rate: z.number(),
  amount: z.number(),
  isClosed: z.boolean(),
  quantityFulfilled: z.number(),
})
export type TwinLine = z.infer<typeof TwinLine>

export const TwinRecord = z.looseObject({
  id: z.string(),
  externalId: z.string().optional(),
  lastModifiedDate: z.string(),
})
export type TwinRecord = z.infer<typeof TwinRecord>

export const TwinOrder = TwinRecord.extend({
  tranId: z.string(),
  entity: Ref,
  currency: Ref,
  total: z.number(),
  orderStatus: Ref,
  item: z.object({ items: z.array(TwinLine) }),
})
export type TwinOrder = z.infer<typeof TwinOrder>

export type RecordType = 'salesOrder' | 'customer' | 'itemFulfillment'

/** The account's records. Finding by internal id is exact; finding by external id goes through an index. */
export interface Records {
  /** `undefined` also for what was written lately, while the index lags. */
  find(type: RecordType, idOrEid: string): TwinRecord | undefined
  /** As the database knows it: never lags, and is what makes external ids unique. */
  taken(type: RecordType, externalId: string | undefined): TwinRecord | undefined
  save(
    type: RecordType,
    record: Readonly<Record<string, unknown>> & { readonly id: string },
  ): TwinRecord
  next(kind: string, first: number): number
}

/** Seconds that a lagging index is behind. */
const lagSeconds = 10

export function makeRecords(world: TwinWorld): Records {
  const { documents, now } = world
  const byId = (type: RecordType, id: string) => TwinRecord.safeParse(documents.get(type, id)).data

  const taken: Records['taken'] = (type, externalId) => {
    const id = z.string().safeParse(documents.get('externalId', `${type}/${externalId}`))
    return externalId !== undefined && id.success ? byId(type, id.data) : undefined
  }

  return {
    taken,
    find: (type, idOrEid) => {
      if (!idOrEid.startsWith('eid:')) return byId(type, idOrEid)
      const record = taken(type, idOrEid.slice(4))
      const created = Date.parse(String(record?.['createdDate']))
      return record && isUnindexed(world, created, lagSeconds) ? undefined : record
    },
    save: (type, record) => {
      const at = now().toISOString()
      const saved = TwinRecord.parse({ createdDate: at, ...record, lastModifiedDate: at })
      documents.put(type, record.id, saved)
      if (saved.externalId) documents.put('externalId', `${type}/${saved.externalId}`, saved.id)
      return saved
    },
    next: (kind, first) => nextOf(documents, kind, first),
  }
}
