import type { Inventory } from './inventory.ts'

/** The argument of `inventorySetQuantities`, as GraphQL has already checked it. */
export interface SetQuantitiesInput {
  readonly name: string
  readonly reason: string
  readonly referenceDocumentUri?: string
  readonly quantities: readonly Quantity[]
}

interface Quantity {
  readonly inventoryItemId: string
  readonly locationId: string
  readonly quantity: number
  readonly changeFromQuantity?: number | null
}

interface Refusal {
  readonly code: string
  readonly field: readonly string[]
  readonly message: string
}

/** Sets all of them or, when one is refused, none. */
export function setQuantities(
  { name, quantities }: SetQuantitiesInput,
  inventory: Inventory,
): readonly Refusal[] {
  if (name !== 'available' && name !== 'on_hand') {
    const message = "The quantity name must be either 'available' or 'on_hand'."
    return [{ code: 'INVALID_NAME', field: ['input', 'name'], message }]
  }
  if (quantities.length > most) {
    const message = `The input array size of ${quantities.length} is greater than the maximum allowed of ${most}.`
    return [{ code: 'INVALID', field: ['input', 'quantities'], message }]
  }
  const refusals = quantities.flatMap((one, at) => refusalOf(one, at, inventory) ?? [])
  if (refusals.length > 0) return refusals
  for (const { inventoryItemId, quantity } of quantities) {
    const item = inventory.find(inventoryItemId)
    if (item) inventory.put({ ...item, available: quantity })
  }
  return []
}

/** More in one mutation are refused. */
const most = 250

function refusalOf(asked: Quantity, at: number, inventory: Inventory): Refusal | undefined {
  const refuse = (code: string, field: string, message: string): Refusal => ({
    code,
    field: ['input', 'quantities', String(at), field],
    message,
  })
  const item = inventory.find(asked.inventoryItemId)
  if (!item) {
    const message = 'The specified inventory item could not be found.'
    return refuse('INVALID_INVENTORY_ITEM', 'inventoryItemId', message)
  }
  if (!inventory.isHere(asked.locationId)) {
    const message = 'The specified location could not be found.'
    return refuse('INVALID_LOCATION', 'locationId', message)
  }
  if (asked.quantity < 0) {
    return refuse('INVALID_QUANTITY_NEGATIVE', 'quantity', "The quantity can't be negative.")
  }
  const from = asked.changeFromQuantity
  if (from !== null && from !== item.available) {
    const message = 'The changeFromQuantity value does not match persisted value.'
    return refuse('CHANGE_FROM_QUANTITY_STALE', 'changeFromQuantity', message)
  }
  return undefined
}
