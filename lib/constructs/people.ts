import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AttributeType, CfnGlobalTable, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import type { z } from 'zod'
import type { CrossdockFunction } from './crossdock-function.ts'

export interface PeopleProps {
  readonly retain: boolean
}

/** Personal data of orders, apart from everything else and under a key of its own. */
export class People extends Construct {
  readonly table: TableV2
  readonly key: Key

  constructor(scope: Construct, id: string, { retain }: PeopleProps) {
    super(scope, id)
    const removalPolicy = retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
    this.key = new Key(this, 'Key', {
      description: 'Crossdock: personal data of orders',
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy,
    })
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      // Whatever was erased must be gone from the backups within a week too.
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: 7,
      },
      deletionProtection: retain,
      removalPolicy,
    })
    this.encrypt()
  }

  /** `TableEncryptionV2.customerManagedKey` refuses a stack without a region, CloudFormation does not. */
  private encrypt(): void {
    const table = this.table.node.defaultChild
    if (!(table instanceof CfnGlobalTable)) throw new Error('TableV2 is no longer a GlobalTable')
    table.sseSpecification = { sseEnabled: true, sseType: 'KMS' }
    table.addPropertyOverride('Replicas.0.SSESpecification', { KMSMasterKeyId: this.key.keyArn })
  }

  grantRead<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['dynamodb:BatchGetItem'], [this.table.tableArn])
    this.allowKey(to, ['kms:Decrypt', 'kms:DescribeKey'])
  }

  /** Writes people, and how long they are kept. */
  grantWrite<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], [this.table.tableArn])
    this.allowKey(to, ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'])
  }

  /** Finds whose people they are, and erases them. */
  grantErase<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['dynamodb:DeleteItem', 'dynamodb:Scan'], [this.table.tableArn])
  }

  private allowKey<E extends z.ZodObject>(
    to: CrossdockFunction<E>,
    actions: readonly string[],
  ): void {
    to.allow(actions, [this.key.keyArn], {
      StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.amazonaws.com` },
    })
  }
}
