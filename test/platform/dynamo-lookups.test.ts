import { dynamoLookups } from '../../platform/dynamodb/lookups.ts'
import { stockTable, withDynamo } from '../support/dynamo.ts'
import { lookupsContract } from '../support/lookups-contract.ts'
import { MemoryLookups } from '../support/memory-lookups.ts'

withDynamo('lookups in DynamoDB', (client) => {
  lookupsContract(() => dynamoLookups(client, stockTable))
})

describe('lookups in memory', () => lookupsContract(() => new MemoryLookups()))
