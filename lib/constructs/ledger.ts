import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import type { z } from 'zod'
import { partitionOf } from '../../schemas/stored/called.ts'
import type { CrossdockFunction } from './crossdock-function.ts'
import { StateTable, type TableSet } from './state-table.ts'

/** Every order's state, history and document; the stream of its steps is the outbox. */
export class Ledger extends Construct {
  readonly table: StateTable

  constructor(scope: Construct, id: string, set: TableSet) {
    super(scope, id)
    this.table = new StateTable(this, 'Table', {
      set,
      name: 'Ledger',
      hasSortKey: true,
      stream: StreamViewType.NEW_IMAGE,
      indexes: {
        due: ['dueShard', 'dueAt'],
        exceptions: ['exceptionOwner', 'exceptionDeadline'],
      },
    })
  }

  get streamArn(): string {
    return this.table.streamArn
  }

  /** Loads orders and commits to them; nothing else is changed in place but the head, and nothing is deleted. */
  grantCommit<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], [this.table.tableArn])
  }

  /** With `grantCommit`: writes an erased order's past again, without what others wrote of it. */
  grantForget<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['dynamodb:Query'], [this.table.tableArn])
  }

  /** Reads orders, their timelines, what they are called elsewhere and what stands on the desk. */
  grantSearch<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    const { tableArn } = this.table
    to.allow(['dynamodb:BatchGetItem', 'dynamodb:Query'], [tableArn])
    to.allow(['dynamodb:Query'], [`${tableArn}/index/exceptions`])
  }

  /** Writes what orders are called, and no order. */
  grantName<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['dynamodb:BatchWriteItem'], [this.table.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitionOf('*')] },
    })
  }

  /** Reads commits as they happen. */
  grantStream<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(
      [
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
      ],
      [this.streamArn],
    )
  }

  /** Finds what is past its deadline: what was asked of systems, and of people. */
  grantFindDue<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(
      ['dynamodb:Query'],
      [`${this.table.tableArn}/index/due`, `${this.table.tableArn}/index/exceptions`],
    )
  }
}
