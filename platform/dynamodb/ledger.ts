import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { Fault } from '../../domain/fault.ts'
import type { Commit, Ledger } from '../../domain/ports.ts'
import { Order } from '../../schemas/canonical/order.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { batchGet } from './batch-get.ts'
import { batchedReads } from './batched-reads.ts'
import { isConditionFailure } from './condition-failures.ts'
import { conditionalPut } from './conditional-put.ts'
import { headKey, recordAfter, recordIn, type Written } from './order-record.ts'
import { decodeState, encodeState } from './state-codec.ts'
import { stockWrites } from './stock.ts'
import { peopleIn, vaultDoor, vaultKey, vaultWrites } from './vault.ts'

export interface Tables {
  readonly ledger: string
  /** The personal-data table, with its own key. */
  readonly people: string
  /** @default stock is not configured */
  readonly stock?: string | undefined
}

type Item = Record<string, unknown>
type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** The ledger in DynamoDB: an order is one item under its revision, which is state, history and outbox. */
export function dynamoLedger(
  client: DynamoDBDocumentClient,
  tables: Tables,
  door = vaultDoor,
): Ledger {
  const read = batchedReads(client, tables.ledger)
  // The steps that each returned state came with; the next step is appended.
  const past = new WeakMap<OrderState, Written['steps']>()
  const stateIn = (head: Item): OrderState => {
    const { state, steps } = recordIn(head)
    past.set(state, steps)
    return state
  }
  const pastOf = (before: OrderState): Written['steps'] => {
    const steps = before.rev === 0 ? [] : past.get(before)
    if (steps) return steps
    throw new Fault(
      `order ${before.id} was not read by this process, so its previous record is unknown`,
    )
  }
  return {
    async load(id) {
      const head = await read(headKey(id))
      return head && stateIn(head)
    },

    async commit(commit) {
      const written = recordAfter(commit, pastOf(commit.before))
      const writes = writesOf(commit, written, tables)
      const [head] = writes
      try {
        if (writes.length === 1 && head?.Put) await conditionalPut(client, head.Put)
        else await client.send(new TransactWriteCommand({ TransactItems: writes }))
      } catch (error) {
        if (isConditionFailure(error)) return false
        throw error
      }
      past.set(commit.after, written.steps)
      return true
    },

    async open(id, purpose) {
      const consistent = (...Keys: Item[]) => ({ Keys, ConsistentRead: true })
      const found = await batchGet(client, {
        [tables.ledger]: consistent(headKey(id), { pk: id, sk: 'order' }),
        [tables.people]: consistent(vaultKey(id)),
      })
      const items = found.get(tables.ledger)
      const vault = found.get(tables.people)
      const head = items?.find(({ sk }) => sk === 'head')
      const document = items?.find(({ sk }) => sk === 'order')
      const people = peopleIn(vault?.[0], door.clock())
      if (people) door.audit({ orderId: id, purpose })
      return {
        state: head && stateIn(head),
        order:
          document &&
          Order.parse({ ...Object(decodeState(document['order'])), people: people ?? {} }),
        ...(document && !people && { gone: true }),
      }
    },
  }
}

/** The head first. Most steps write only the head and need no transaction. */
function writesOf(commit: Commit, { head, page }: Written, tables: Tables): Write[] {
  const { before, after, order, stock } = commit
  const TableName = tables.ledger
  const condition =
    before.rev === 0
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'rev = :rev',
          ExpressionAttributeValues: { ':rev': before.rev },
        }
  const writes: Write[] = [{ Put: { TableName, Item: head, ...condition } }]
  if (page) writes.push({ Put: { TableName, Item: page } })
  if (stock) writes.push(...stockWrites(stockTable(tables), stock))
  writes.push(...vaultWrites(tables.people, commit))
  if (order) {
    const { people: _, ...document } = order
    const Item = { pk: after.id, sk: 'order', order: encodeState(document) }
    writes.push({ Put: { TableName, Item } })
  }
  return writes
}

function stockTable({ stock }: Tables): string {
  if (stock) return stock
  throw new Fault('a commit changes stock, but this ledger has no stock table')
}
