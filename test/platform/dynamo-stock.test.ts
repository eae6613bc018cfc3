import { dynamoLedger } from '../../platform/dynamodb/ledger.ts'
import { dynamoStock } from '../../platform/dynamodb/stock.ts'
import { ledgerTable, peopleTable, stockTable, withDynamo } from '../support/dynamo.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { MemoryStock } from '../support/memory-stock.ts'
import { placesOf, stockContract } from '../support/stock-contract.ts'

describe('stock in memory', () => {
  const stock = new MemoryStock(placesOf)
  const ledger = new MemoryLedger(stock)
  stockContract(() => ({ ledger, stock }))
})

withDynamo('stock in DynamoDB', (client) => {
  const ledger = dynamoLedger(client, {
    ledger: ledgerTable,
    people: peopleTable,
    stock: stockTable,
  })
  const stock = dynamoStock(client, stockTable, placesOf)
  stockContract(() => ({ ledger, stock }))
})
