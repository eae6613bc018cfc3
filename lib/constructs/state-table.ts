import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import {
  AttributeType,
  ProjectionType,
  type StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'

/** Which of an environment's tables: those of its first deployment, or those that a restore put in their place. */
export interface TableSet {
  readonly environment: string
  readonly retain: boolean
  /** @default the tables of the first deployment */
  readonly restored?: {
    /** End of their names. */
    readonly suffix: string
    /** Labels of the streams that were switched on by hand. */
    readonly streams: Readonly<Record<'Ledger' | 'Stock', string>>
  }
}

export interface StateTableProps {
  readonly set: TableSet
  /** `Ledger`: what is called `Crossdock-production-Ledger`. */
  readonly name: string
  /** @default pk */
  readonly partitionKey?: string
  /** @default expiresAt */
  readonly timeToLive?: string
  /** @default a partition is one item */
  readonly hasSortKey?: boolean
  /** @default none */
  readonly stream?: StreamViewType
  /** Partition and sort key by the name of the index. @default none */
  readonly indexes?: Readonly<Record<string, readonly [partition: string, sort: string]>>
  /** Days that it can be restored to any moment of. @default 35 */
  readonly recoveryDays?: number
}

/**
 * A table that must survive, under a name that is known before it exists. Its users find it by that name: an import of the
 * deployed table's would keep a restored one from taking its place.
 */
export class StateTable extends Construct {
  readonly table: TableV2
  readonly tableName: string
  readonly tableArn: string
  private readonly stream: string | undefined

  constructor(scope: Construct, id: string, props: StateTableProps) {
    super(scope, id)
    const { set, name, recoveryDays } = props
    this.tableName = tableName(set, name)
    this.tableArn = Stack.of(this).formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: this.tableName,
    })
    this.table = new TableV2(this, 'Table', {
      tableName: this.tableName,
      partitionKey: text(props.partitionKey ?? 'pk'),
      ...(props.hasSortKey && { sortKey: text('sk') }),
      ...(props.stream && { dynamoStream: props.stream }),
      timeToLiveAttribute: props.timeToLive ?? 'expiresAt',
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        ...(recoveryDays && { recoveryPeriodInDays: recoveryDays }),
      },
      deletionProtection: set.retain,
      removalPolicy: set.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      globalSecondaryIndexes: Object.entries(props.indexes ?? {}).map(
        ([indexName, [partition, sort]]) => ({
          indexName,
          partitionKey: text(partition),
          sortKey: text(sort),
          projectionType: ProjectionType.KEYS_ONLY,
        }),
      ),
    })
    const label = Object.entries(set.restored?.streams ?? {}).find(([of]) => of === name)?.[1]
    this.stream = label ? `${this.tableArn}/stream/${label}` : this.table.tableStreamArn
  }

  get streamArn(): string {
    if (!this.stream) throw new Error(`${this.tableName} has no stream`)
    return this.stream
  }
}

/** The name of a table, `Crossdock-production-Ledger`, and of one that was restored, `Crossdock-production-Ledger-20261201`. */
const tableName = (
  { environment, restored }: Pick<TableSet, 'environment' | 'restored'>,
  name: string,
): string => ['Crossdock', environment, name, ...(restored ? [restored.suffix] : [])].join('-')

const text = (name: string): { name: string; type: AttributeType } => ({
  name,
  type: AttributeType.STRING,
})
