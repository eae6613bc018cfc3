import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { emptyRow } from '../../domain/stock/row.ts'
import { dynamoListingTerms } from '../../platform/dynamodb/listing-terms.ts'
import { dynamoListings } from '../../platform/dynamodb/listings.ts'
import { dynamoStock } from '../../platform/dynamodb/stock.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
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
      await listings.save(undefined, { connection, sku, rev: 1, remote: {}, parts, attributes: {} })
    }
    const [shelf] = await listings.shelves([article])
    expect(shelf?.sold.map(({ sku }) => sku)).toEqual(['ONE', 'THREE', 'TWO'])
  })

  test('a unit that leaves one partition of an article while it is read is not counted in both', async () => {
    const article = { warehouse: ConnectionId.parse('shipbob/us'), sku: 'HOT' }
    const shop = ConnectionId.parse('shopify/de')
    const place = (location: string, share: number) => emptyRow({ ...article, location, share })
    const there = (row: StockRow, units: Partial<StockRow>) => ({
      ...row,
      rev: row.rev + 1,
      ...units,
    })
    const hall = there(place('hall', 0), { onHand: 0 })
    const annex = there(place('annex', 0), { onHand: 4, shares: 2 })
    const share = there(place('annex', 1), { onHand: 3, reserved: 3, reservedBy: { [shop]: 3 } })
    const write = (before: StockRow, after: StockRow) => ({ before, after })
    for (const row of [hall, annex, share]) {
      await book.save({ rows: [write(emptyRow(row), row)] })
    }
    // A parcel leaves the hall, which had none, while one is reserved in the annex.
    const parcel = [
      write(hall, there(hall, { onHand: -1 })),
      write(share, there(share, { reserved: 2, reservedBy: { [shop]: 2 } })),
    ]
    let isGone = false
    const busy = new Proxy(client, {
      get: (target, property) =>
        property === 'send'
          ? async (command: Parameters<typeof client.send>[0]) => {
              if (command instanceof BatchGetCommand && !isGone) {
                isGone = true
                await book.save({ rows: parcel })
              }
              return target.send(command)
            }
          : Reflect.get(target, property),
    })
    const [shelf] = await dynamoListings(busy, stockTable).shelves([article])
    const free = (shelf?.rows ?? []).reduce((sum, row) => sum + row.onHand - row.reserved, 0)
    expect(free).toBe(4)
  })
})
