import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { quiet } from '../domain/order/quiet.ts'
import { dueAt, statusOf } from '../domain/order/state.ts'
import { earliest } from '../domain/order/time.ts'
import type { Commit, Ledger } from '../domain/ports.ts'
import { Order } from '../schemas/canonical/order.ts'
import { OrderState } from '../schemas/stored/order-state.ts'
import { batchGet } from './batch-get.ts'
import { dueMinute, shardOf } from './dynamo-deadlines.ts'
import { stockWrites } from './dynamo-stock.ts'
import { peopleIn, vaultDoor, vaultKey, vaultWrites } from './dynamo-vault.ts'
import { lostRace } from './lost-race.ts'
import { packed, unpacked } from './packed.ts'

export interface Tables {
  readonly ledger: string
  /** Personal data, under its own key. */
  readonly people: string
  /** @default nothing is kept in stock */
  readonly stock?: string | undefined
}

type Item = Record<string, unknown>
type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** The ledger in DynamoDB: `head` is replaced under its revision, `commit#…` is the outbox that the stream publishes. */
export function dynamoLedger(
  client: DynamoDBDocumentClient,
  tables: Tables,
  door = vaultDoor,
): Ledger {
  const get = async (TableName: string, Key: Item): Promise<Item | undefined> => {
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))
    return Item
  }
  return {
    async load(id) {
      const head = await get(tables.ledger, { pk: id, sk: 'head' })
      return head && OrderState.parse(unpacked(head['state']))
    },

    async commit(commit) {
      const writes = writesOf(commit, tables)
      const [head] = writes
      try {
        if (writes.length === 1 && head?.Put) await client.send(new PutCommand(head.Put))
        else await client.send(new TransactWriteCommand({ TransactItems: writes }))
        return true
      } catch (error) {
        if (lostRace(error)) return false
        throw error
      }
    },

    async open(id, purpose) {
      const consistent = (...Keys: Item[]) => ({ Keys, ConsistentRead: true })
      const found = await batchGet(client, {
        [tables.ledger]: consistent({ pk: id, sk: 'head' }, { pk: id, sk: 'order' }),
        [tables.people]: consistent(vaultKey(id)),
      })
      const items = found.get(tables.ledger)
      const vault = found.get(tables.people)
      const head = items?.find(({ sk }) => sk === 'head')
      const document = items?.find(({ sk }) => sk === 'order')
      const people = peopleIn(vault?.[0], door.clock())
      if (people) door.audit({ orderId: id, purpose })
      return {
        state: head && OrderState.parse(unpacked(head['state'])),
        order:
          document && Order.parse({ ...Object(unpacked(document['order'])), people: people ?? {} }),
        ...(document && !people && { gone: true }),
      }
    },
  }
}

function writesOf(commit: Commit, tables: Tables): Write[] {
  const { before, after, events, order, stock } = commit
  const TableName = tables.ledger
  const head: Write = {
    Put: {
      TableName,
      Item: headOf(commit),
      ...(before.rev === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'rev = :rev',
            ExpressionAttributeValues: { ':rev': before.rev },
          }),
    },
  }
  const moved = stock ? stockWrites(stockTable(tables), stock) : []
  const vault = vaultWrites(tables.people, commit)
  if (events.every(({ type }) => quiet.has(type))) return [head, ...moved, ...vault]

  const writes = [head, { Put: { TableName, Item: commitOf(commit) } }, ...moved, ...vault]
  if (!order) return writes
  const { people: _, ...document } = order
  return [
    ...writes,
    { Put: { TableName, Item: { pk: after.id, sk: 'order', order: packed(document) } } },
  ]
}

function stockTable({ stock }: Tables): string {
  if (stock) return stock
  throw new Error('a commit changes stock, and this ledger was not told where it is')
}

function headOf({ after, at }: Commit): Item {
  const due = dueAt(after)
  const exceptions = Object.values(after.exceptions)
  const first = earliest(exceptions.map(({ deadline }) => deadline))
  const owner = exceptions.find(({ deadline }) => deadline === first)?.owner
  return {
    pk: after.id,
    sk: 'head',
    rev: after.rev,
    // What could not be read again would be a poisoned order; refused here it is one bad message.
    state: packed(OrderState.parse(after)),
    status: statusOf(after),
    updatedAt: at,
    ...(due && { dueShard: shardOf(after.id), dueAt: dueMinute(due) }),
    ...(first && { exceptionOwner: owner, exceptionDeadline: first }),
  }
}

function commitOf({ after, events, at, traceparent }: Commit): Item {
  return {
    pk: after.id,
    sk: `commit#${String(after.rev).padStart(6, '0')}`,
    at,
    connection: after.connection,
    events: events.filter(({ type }) => !quiet.has(type)),
    traceparent,
    reference: referenceOf(events),
  }
}

/** What people will search this order by, learned in this commit. */
function referenceOf(events: Commit['events']): string | undefined {
  for (const event of events) {
    if (event.type === 'order.captured') return event.number
    if ('reference' in event)
      return `${event.connection}#${event.reference.number ?? event.reference.id}`
  }
  return undefined
}
