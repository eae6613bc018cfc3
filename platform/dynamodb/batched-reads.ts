import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { batchGet } from './batch-get.ts'

type Item = Record<string, unknown>
type Key = Readonly<Record<string, string>>

interface Asked {
  readonly key: Key
  readonly answer: PromiseWithResolvers<Item | undefined>
}

/** DynamoDB's limit per request. */
const most = 100

/**
 * Strongly consistent single reads that are merged: the messages of a batch load their orders at the same moment, in
 * one call.
 */
export function batchedReads(client: DynamoDBDocumentClient, table: string) {
  let waiting = new Map<string, Asked>()

  const read = async (asked: readonly Asked[]): Promise<void> => {
    try {
      const Keys = asked.map(({ key }) => key)
      const found = await batchGet(client, { [table]: { Keys, ConsistentRead: true } })
      const items = found.get(table) ?? []
      for (const { key, answer } of asked) answer.resolve(items.find((item) => has(item, key)))
    } catch (error) {
      for (const { answer } of asked) answer.reject(error)
    }
  }
  const readAll = async (): Promise<void> => {
    await sleep(1)
    const asked = [...waiting.values()]
    waiting = new Map()
    for (let from = 0; from < asked.length; from += most) void read(asked.slice(from, from + most))
  }
  return (key: Key): Promise<Item | undefined> => {
    const name = JSON.stringify(key)
    const known = waiting.get(name)
    if (known) return known.answer.promise
    const asked = { key, answer: Promise.withResolvers<Item | undefined>() }
    waiting.set(name, asked)
    if (waiting.size === 1) void readAll()
    return asked.answer.promise
  }
}

const has = (item: Item, key: Key): boolean =>
  Object.entries(key).every(([name, value]) => item[name] === value)
