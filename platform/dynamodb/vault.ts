import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Clock, Commit } from '../../domain/ports.ts'
import type { Purpose } from '../../domain/privacy/purpose.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { People } from '../../schemas/canonical/order.ts'
import { logger } from '../telemetry/logger.ts'

type Item = Record<string, unknown>
type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** An audit record: who read which order's data, and why. */
interface Access extends Partial<Asker> {
  readonly orderId: OrderId
  readonly purpose: Purpose
}

/** A person who reads, and their stated reason. */
export interface Asker {
  readonly by: string
  readonly said: string
}

type Audit = (access: Access) => void

/** Logs every read. */
const logAccess: Audit = ({ orderId, purpose, by, said }) =>
  logger.info('personal data was read', {
    orderId,
    purpose: said === undefined ? purpose : `${purpose}: ${said}`,
    ...(by !== undefined && { by }),
  })

export interface VaultDoor {
  readonly audit: Audit
  readonly clock: Clock
}

export const vaultDoor: VaultDoor = { audit: logAccess, clock: () => new Date() }

/** The key of an order's personal data, to be read in one batch with the order. */
export const vaultKey = (id: OrderId): Item => ({ pk: id })

/** The personal data in an item; `undefined` if expired, even before DynamoDB deletes it. */
export function peopleIn(item: Item | undefined, now: Date): People | undefined {
  if (!item || !('people' in item)) return undefined
  const { expiresAt } = item
  if (typeof expiresAt === 'number' && expiresAt * 1000 <= now.getTime()) return undefined
  return People.parse(item['people'])
}

/** A step's writes to the personal-data table: adopted data, or its new expiry. */
export function vaultWrites(
  TableName: string,
  { after, order, peopleUntil }: Commit,
): readonly Write[] {
  // Functions without access to the table end no orders; an erased order never gets personal data again.
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
        // If the data has expired, this creates an item with only an expiry.
        UpdateExpression: 'SET expiresAt = :expiresAt',
        ExpressionAttributeValues: { ':expiresAt': expiresAt },
      },
    },
  ]
}
