import type { Observe } from './happening.ts'
import type { Model, Resource } from './model.ts'
import type { Tables } from './tables.ts'
import type { TimeScale } from './time-scale.ts'

/** Deletes expired items now and then: the engine does not do it by itself. */
export function deleteExpired(
  model: Model,
  given: {
    readonly tables: Tables
    readonly time: TimeScale
    readonly observe: Observe
    readonly signal: AbortSignal
  },
): void {
  const tables = model
    .of('AWS::DynamoDB::GlobalTable')
    .filter(({ properties }) => properties.TimeToLiveSpecification?.Enabled)
  if (tables.length === 0) return
  const run = async (): Promise<void> => {
    while (!given.signal.aborted) {
      await given.time.wait(60_000, given.signal)
      for (const table of tables) {
        if (given.signal.aborted) return
        await deleteExpiredOf(table, given.tables).catch((error: Error) => {
          if (given.signal.aborted) return
          given.observe({ kind: 'trouble', where: table.attributes.Ref, message: error.message })
        })
      }
    }
  }
  void run()
}

async function deleteExpiredOf(
  table: Resource<'AWS::DynamoDB::GlobalTable'>,
  tables: Tables,
): Promise<void> {
  const { KeySchema, TimeToLiveSpecification } = table.properties
  const TableName = table.attributes.Ref
  const expression = {
    ExpressionAttributeNames: { '#ttl': TimeToLiveSpecification?.AttributeName ?? '' },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(Date.now() / 1_000)) } },
  }
  const { Items } = await tables.call('DynamoDB_20120810.Scan', {
    TableName,
    FilterExpression: '#ttl < :now',
    ...expression,
  })
  for (const item of Array.isArray(Items) ? Items : []) {
    const Key = Object.fromEntries(
      KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]),
    )
    // It may have been written again since the scan.
    await tables
      .call('DynamoDB_20120810.DeleteItem', {
        TableName,
        Key,
        ConditionExpression: '#ttl < :now',
        ...expression,
      })
      .catch(() => {})
  }
}
