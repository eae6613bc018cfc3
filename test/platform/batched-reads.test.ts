import { BatchGetCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { batchedReads } from '../../platform/dynamodb/batched-reads.ts'
import { ledgerTable, withDynamo } from '../support/dynamo.ts'

withDynamo('items that are read together', (client) => {
  /** The client, and how many keys each of its batches had. */
  function counted() {
    const sizes: number[] = []
    const send = (command: unknown) => {
      if (command instanceof BatchGetCommand) {
        sizes.push(command.input.RequestItems?.[ledgerTable]?.Keys?.length ?? 0)
      }
      return client.send(command as never)
    }
    // The reads use nothing else of it.
    return { sizes, counting: { send } as unknown as DynamoDBDocumentClient }
  }
  const keyOf = (i: number) => ({ pk: `gathered-${i}`, sk: 'head' })

  test('are one call per hundred, and each caller gets its own items', async () => {
    for (let i = 0; i < 130; i += 2) {
      await client.send(new PutCommand({ TableName: ledgerTable, Item: { ...keyOf(i), i } }))
    }
    const { sizes, counting } = counted()
    const read = batchedReads(counting, ledgerTable)
    const asked = Array.from({ length: 130 }, (_, i) => read(keyOf(i)))
    const found = await Promise.all([...asked, read(keyOf(4)), read(keyOf(4))])
    expect(found.slice(0, 6).map((item) => item?.['i'])).toEqual([
      0,
      undefined,
      2,
      undefined,
      4,
      undefined,
    ])
    expect(found.slice(-2).map((item) => item?.['i'])).toEqual([4, 4])
    expect(sizes).toEqual([100, 30])
    expect((await read(keyOf(2)))?.['i']).toBe(2)
    expect(sizes).toEqual([100, 30, 1])
  })

  test('are of the moment they were asked for, not of an earlier one', async () => {
    const { counting } = counted()
    const read = batchedReads(counting, ledgerTable)
    expect(await read(keyOf(1001))).toBeUndefined()
    await client.send(new PutCommand({ TableName: ledgerTable, Item: { ...keyOf(1001), i: 7 } }))
    expect((await read(keyOf(1001)))?.['i']).toBe(7)
  })

  test('fail together when the call fails, but later reads do not', async () => {
    let down = true
    const send = (command: unknown) =>
      down ? Promise.reject(new Error('DynamoDB is down')) : client.send(command as never)
    const read = batchedReads({ send } as unknown as DynamoDBDocumentClient, ledgerTable)
    const settled = await Promise.allSettled([read(keyOf(0)), read(keyOf(1))])
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    down = false
    expect((await read(keyOf(0)))?.['i']).toBe(0)
  })
})
