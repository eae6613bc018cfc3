import { z } from 'zod'
import { readJson } from './body.ts'

const Counts = z.object({
  counts: z.array(
    z.object({
      sku: z.string().min(1),
      onHand: z.number(),
      location: z.coerce.string().optional(),
    }),
  ),
})

/** What `POST /_twin/stock` says; `undefined` when the body has no counts. */
export const countsIn = (body: string) => Counts.safeParse(readJson(body)).data?.counts
