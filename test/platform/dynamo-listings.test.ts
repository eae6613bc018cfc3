import { emptyRow } from '../../domain/stock/row.ts'
import { dynamoListingTerms } from '../../platform/dynamo-listing-terms.ts'
import { dynamoListings } from '../../platform/dynamo-listings.ts'
import { dynamoStock } from '../../platform/dynamo-stock.ts'
import { stockTable, withDynamo } from '../support/dynamo.ts'
import { listingsContract } from '../support/listings-contract.ts'

withDynamo('listings in DynamoDB', (client) => {
  const book = dynamoStock(client, stockTable, () => [])
  listingsContract(
    () => ({ ...dynamoListings(client, stockTable), ...dynamoListingTerms(client, stockTable) }),
    (row) => book.save({ rows: [{ before: emptyRow(row), after: row }] }),
  )
})
