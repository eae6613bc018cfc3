import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { NameKind } from '../canonical/name-kind.ts'
import { kept, storedObject } from './stored-object.ts'

/** One of our codes at one connection: a channel's SKU, a carrier, a tax code. */
export const Thing = z.object({ connection: ConnectionId, kind: NameKind, code: z.string() })
export type Thing = z.infer<typeof Thing>

/** A component of a bundle, per unit of the bundle. */
const Component = storedObject({ sku: z.string(), quantity: z.int().positive() })

/** From an instant until the next naming: another name, or the components of a bundle. */
export const Naming = z.union([
  storedObject({ from: Instant, name: z.string() }),
  storedObject({ from: Instant, components: z.array(Component).nonempty() }),
])
export type Naming = z.infer<typeof Naming>

/** All names of a thing over time, earliest first. */
export const CrossReference = kept(Thing).extend({ names: z.array(Naming) })
export type CrossReference = z.infer<typeof CrossReference>
