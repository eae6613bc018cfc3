import { Construct } from 'constructs'
import type { z } from 'zod'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { CrossdockFunction } from './crossdock-function.ts'
import { StateTable, type TableSet } from './state-table.ts'

/** What each connection calls things, and who waits for a name. */
export class CrossReferences extends Construct {
  readonly table: StateTable

  constructor(scope: Construct, id: string, set: TableSet) {
    super(scope, id)
    this.table = new StateTable(this, 'Table', { set, name: 'CrossReferences', hasSortKey: true })
  }

  /** Looks up the names of some connections. */
  grantLookUp<E extends z.ZodObject>(
    to: CrossdockFunction<E>,
    connections: Iterable<ConnectionId>,
  ): void {
    const { tableArn } = this.table
    const all = [...new Set(connections)].map((connection) => `${connection}#*`)
    if (all.length > 0) to.allow(['dynamodb:BatchGetItem'], [tableArn], keys('StringLike', ...all))
  }

  /** The same, and waits for them. */
  grantFind<E extends z.ZodObject>(to: CrossdockFunction<E>, connection: ConnectionId): void {
    this.grantLookUp(to, [connection])
    const { tableArn } = this.table
    to.allow(['dynamodb:BatchWriteItem'], [tableArn], keys('StringEquals', `${connection}#waits`))
  }

  /** Adds names of every connection, and finds who waits for them. */
  grantKeep<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(
      ['dynamodb:BatchGetItem', 'dynamodb:BatchWriteItem', 'dynamodb:Query'],
      [this.table.tableArn],
    )
  }

  /** Reads all of it. */
  grantList<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['dynamodb:Scan'], [this.table.tableArn])
  }
}

const keys = (operator: string, ...all: readonly string[]) => ({
  [`ForAllValues:${operator}`]: { 'dynamodb:LeadingKeys': all },
})
