import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { emptyRow } from '../../domain/stock/row.ts'
import { dynamoListingTerms } from '../../platform/dynamo-listing-terms.ts'
import { dynamoListings } from '../../platform/dynamo-listings.ts'
import { dynamoStock } from '../../platform/dynamo-stock.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { stockTable, withDynamo } from '../support/dynamo.ts'
import { listingsContract } from '../support/listings-contract.ts'

withDynamo('listings in DynamoDB', (client) => {
  const book = dynamoStock(client, stockTable, () => [])
  listingsContract(
    () => ({ ...dynamoListings(client, stockTable), ...dynamoListingTerms(client, stockTable) }),
    (row) => book.save({ rows: [{ before: emptyRow(row), after: row }] }),
  )

  test('an article that is part of more listings than a page of DynamoDB holds is told with all of them', async () => {
    // A page is a megabyte, of one item here.
    const narrow = new Proxy(client, {
      get: (target, property) =>
        property === 'send'
          ? (command: Parameters<typeof client.send>[0]) => {
              if (command instanceof QueryCommand) command.input.Limit = 1
              return target.send(command)
            }
          : Reflect.get(target, property),
    })
    const article = { warehouse: ConnectionId.parse('shipbob/us'), sku: 'SCREW' }
    const listings = dynamoListings(narrow, stockTable)
    for (const sku of ['ONE', 'TWO', 'THREE']) {
      const connection = ConnectionId.parse('shopify/paged')
      const parts = [{ ...article, per: 1 }]
      await listings.save(undefined, { connection, sku, rev: 1, remote: {}, parts })
    }
    const [shelf] = await listings.shelves([article])
    expect(shelf?.sold.map(({ sku }) => sku)).toEqual(['ONE', 'THREE', 'TWO'])
  })
})
