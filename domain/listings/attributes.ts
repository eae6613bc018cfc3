import type { Attributes } from './attribute.ts'
import { type QuantityDeps, quantity } from './quantity.ts'

/** Every attribute of listings that channels are told. */
export const attributesOf = (deps: QuantityDeps): Attributes => ({ quantity: quantity(deps) })
