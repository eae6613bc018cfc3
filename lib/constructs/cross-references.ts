import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import type { z } from 'zod'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { CrossdockFunction } from './crossdock-function.ts'

export interface CrossReferencesProps {
  readonly retain: boolean
}

/** What each connection calls things, and who waits for a name. */
export class CrossReferences extends Construct {
  readonly table: TableV2

  constructor(scope: Construct, id: string, { retain }: CrossReferencesProps) {
    super(scope, id)
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: retain,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    })
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
