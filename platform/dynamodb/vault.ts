import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Clock, Commit } from '../../domain/ports.ts'
import type { Purpose } from '../../domain/privacy/purpose.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { People } from '../../schemas/canonical/order.ts'
import { logger } from '../telemetry/logger.ts'

type Item = Record<string, unknown>
type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** Who opened whose data what for. */
interface Access extends Partial<Asker> {
  readonly orderId: OrderId
  readonly purpose: Purpose
}

/** A person who asks, and their own word for what for. */
export interface Asker {
  readonly by: string
  readonly said: string
}

type Audit = (access: Access) => void

/** Every reading is a line in the log of the function that reads; the line begins with the function's name. */
const logAccess: Audit = ({ orderId, purpose, by, said }) =>
  logger.info('personal data was read', {
    orderId,
    purpose: said === undefined ? purpose : `${purpose}: ${said}`,
    ...(by !== undefined && { by }),
  })

/** How the vault is opened. */
export interface VaultDoor {
  readonly audit: Audit
  readonly clock: Clock
}

export const vaultDoor: VaultDoor = { audit: logAccess, clock: () => new Date() }

/** The key of an order's people, to be read in one batch with the order. */
export const vaultKey = (id: OrderId): Item => ({ pk: id })

/** The people in an item of the vault; `undefined` when they are gone, also in the days that DynamoDB takes to delete. */
export function peopleIn(item: Item | undefined, now: Date): People | undefined {
  if (!item || !('people' in item)) return undefined
  const { expiresAt } = item
  if (typeof expiresAt === 'number' && expiresAt * 1000 <= now.getTime()) return undefined
  return People.parse(item['people'])
}

/** What a step writes to the vault: the people it adopts, or how long they are kept from now on. */
export function vaultWrites(
  TableName: string,
  { after, order, peopleUntil }: Commit,
): readonly Write[] {
  // Whoever has no vault ends no order; an erased one never has people again.
  if (TableName === '' || after.erased) return []
  const expiresAt = peopleUntil && Math.floor(Date.parse(peopleUntil) / 1000)
  const Key = vaultKey(after.id)
  if (order) return [{ Put: { TableName, Item: { ...Key, people: order.people, expiresAt } } }]
  if (expiresAt === undefined) return []
  return [
    {
      Update: {
        TableName,
        Key,
        // People that expired leave an item without any, which expires as well.
        UpdateExpression: 'SET expiresAt = :expiresAt',
        ExpressionAttributeValues: { ':expiresAt': expiresAt },
      },
    },
  ]
}
