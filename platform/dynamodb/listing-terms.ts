import {
  type DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb'
import { withTerms } from '../../domain/listings/terms.ts'
import type { ListingTermsBook } from '../../domain/ports.ts'
import { TermsChange } from '../../schemas/stored/listing.ts'
import { isConditionFailure } from './condition-failures.ts'
import { listingKey, listingPut, partWrites } from './listings.ts'

/** Older changes are not shown. */
const shown = 100

/** Terms in DynamoDB: on the listing, with one item per change beside it. */
export const dynamoListingTerms = (
  client: DynamoDBDocumentClient,
  TableName: string,
): ListingTermsBook => ({
  async change(before, change) {
    const after = withTerms(before, change)
    const { pk } = listingKey(before)
    const item = { pk, sk: `terms#${change.at}#${after.rev}`, ...TermsChange.parse(change) }
    const TransactItems = [
      { Put: listingPut(TableName, before, after) },
      { Put: { TableName, Item: item } },
      ...partWrites(TableName, before, after),
    ]
    try {
      await client.send(new TransactWriteCommand({ TransactItems }))
      return true
    } catch (error) {
      if (isConditionFailure(error)) return false
      throw error
    }
  },

  async changes(id) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :terms)',
        ExpressionAttributeValues: { ':pk': listingKey(id).pk, ':terms': 'terms#' },
        ScanIndexForward: false,
        Limit: shown,
      }),
    )
    return Items.map((item) => TermsChange.parse(item))
  },
})
