import { Stack } from 'aws-cdk-lib'
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import type { z } from 'zod'
import type { CrossdockFunction } from './crossdock-function.ts'
import { StateTable, type TableSet } from './state-table.ts'

/** Personal data of orders, apart from everything else and under a key of its own. */
export class People extends Construct {
  readonly table: StateTable
  private readonly key: IKey

  /** The key is older than a restored table. */
  constructor(scope: Construct, id: string, { key, ...set }: TableSet & { readonly key: IKey }) {
    super(scope, id)
    this.key = key
    // Whatever was erased must be gone from the backups within a week too.
    this.table = new StateTable(this, 'Table', { set, name: 'People', recoveryDays: 7 })
    this.encrypt()
  }

  /** `TableEncryptionV2.customerManagedKey` refuses a stack without a region, CloudFormation does not. */
  private encrypt(): void {
    const table = this.table.table.node.defaultChild
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
