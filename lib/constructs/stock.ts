import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import type { z } from 'zod'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { CrossdockFunction } from './crossdock-function.ts'
import { StateTable, type TableSet } from './state-table.ts'

/** What lies where, what of it is promised, and what each channel is offered; its stream is what changed. */
export class Stock extends Construct {
  readonly table: StateTable

  constructor(scope: Construct, id: string, set: TableSet) {
    super(scope, id)
    this.table = new StateTable(this, 'Table', {
      set,
      name: 'Stock',
      hasSortKey: true,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      indexes: { dirty: ['dirtyShard', 'dirtyAt'] },
    })
  }

  get streamArn(): string {
    return this.table.streamArn
  }

  /** Promises articles to orders and keeps who waits for more: rows of articles, and no others. */
  grantReserve<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(
      ['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [this.table.tableArn],
      leading('sku#*', 'share#*'),
    )
  }

  /** Counts and moves articles; what it has applied it remembers. */
  grantCount<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(
      ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [this.table.tableArn],
      leading('sku#*', 'share#*', 'move#*', 'count#*'),
    )
  }

  /**
   * Gives listings terms of their own, and writes down who said so; those that are not known are requested. What it says of their
   * articles goes with `grantCount`.
   */
  grantTerms<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    this.grantRequestListings(to)
  }

  /** Has channels asked for listings. */
  grantRequestListings<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    const actions = ['dynamodb:BatchGetItem', 'dynamodb:PutItem']
    to.allow(actions, [this.table.tableArn], leading('listing#*'))
  }

  /** Reads who gave a listing which terms. */
  grantTermsHistory<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['dynamodb:Query'], [this.table.tableArn], leading('listing#*'))
  }

  /** Works out what channels are offered, and writes it down for each of their listings. */
  grantProject<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['dynamodb:BatchGetItem', 'dynamodb:Query'], [this.table.tableArn])
    to.allow(['dynamodb:PutItem'], [this.table.tableArn], leading('listing#*'))
  }

  /** Tells one channel what is wanted of it, and finds out what it sells. */
  grantPublish<E extends z.ZodObject>(to: CrossdockFunction<E>, connection: ConnectionId): void {
    this.grantCompare(to, connection)
    this.grantFindDirty(to)
  }

  /** Finds what one channel sells, and says of each article that it is part of it; writes its own listings and no others. */
  grantCompare<E extends z.ZodObject>(to: CrossdockFunction<E>, connection: ConnectionId): void {
    to.allow(['dynamodb:BatchGetItem', 'dynamodb:Query'], [this.table.tableArn])
    const { tableArn } = this.table
    to.allow(['dynamodb:PutItem'], [tableArn], leading(`listing#${connection}#*`, 'sku#*'))
    to.allow(['dynamodb:DeleteItem'], [tableArn], leading('sku#*'))
  }

  /** Finds listings that have waited for their channel, and what it is to be asked for. */
  grantFindDirty<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['dynamodb:Query'], [`${this.table.tableArn}/index/dirty`])
  }

  /** Reads what changed as it happens. */
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
}

const leading = (...keys: readonly string[]) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
})
