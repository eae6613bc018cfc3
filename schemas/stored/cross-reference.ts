import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { NameKind } from '../canonical/name-kind.ts'
import { kept, storedObject } from './stored-object.ts'

/** A thing of ours at one connection: the channel's SKU, a carrier, a tax code. */
export const Thing = z.object({ connection: ConnectionId, kind: NameKind, code: z.string() })
export type Thing = z.infer<typeof Thing>

/** A part of a bundle, per unit of the bundle. */
const Component = storedObject({ sku: z.string(), quantity: z.int().positive() })

/** From a moment on, until the next one: another name, or what a bundle is made of where nobody knows it as a whole. */
export const Naming = z.union([
  storedObject({ from: Instant, name: z.string() }),
  storedObject({ from: Instant, components: z.array(Component).nonempty() }),
])
export type Naming = z.infer<typeof Naming>

/** All that a connection calls a thing over time, the earliest first. */
export const CrossReference = kept(Thing).extend({ names: z.array(Naming) })
export type CrossReference = z.infer<typeof CrossReference>
