import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import type { Minted, Tokens } from '../../domain/account.ts'
import { type Failure, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'

interface Held {
  readonly token: string
  /** Expiry, in epoch milliseconds. */
  readonly until: number
}

type Mint = () => Promise<Result<Minted, Failure>>

const lockMs = 15_000
const margin = 60_000

/** Tokens of one connection, shared by all its processes through a table; one process at a time requests a new one. */
export function dynamoTokens(
  client: DynamoDBDocumentClient,
  TableName: string,
  connection: ConnectionId,
): Tokens {
  const Key = { pk: `token#${connection}` }
  let held: Held | undefined

  const read = async (): Promise<Held | undefined> => {
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))
    const { token, until } = Item ?? {}
    return typeof token === 'string' && typeof until === 'number' ? { token, until } : undefined
  }
  const keep = async ({ token, seconds }: Minted): Promise<Held> => {
    const until = Date.now() + seconds * 1000 - Math.min(margin, seconds * 100)
    const expiresAt = Math.ceil(until / 1000)
    await client.send(new PutCommand({ TableName, Item: { ...Key, token, until, expiresAt } }))
    return { token, until }
  }

  const mintUnderLock = async (mint: Mint): Promise<Result<string, Failure>> => {
    let minted: Result<Minted, Failure> | undefined
    try {
      minted = await mint()
    } finally {
      if (!minted?.ok) await unlock(client, TableName, Key)
    }
    if (!minted.ok) return minted
    held = await keep(minted.value)
    return ok(held.token)
  }

  return {
    async get(mint) {
      if (held && held.until > Date.now()) return ok(held.token)
      for (let tries = 0; tries < 20; tries++) {
        held = await read()
        if (held && held.until > Date.now()) return ok(held.token)
        if (await lock(client, TableName, Key)) {
          return await mintUnderLock(mint)
        }
        await sleep(250)
      }
      return busy(connection)
    },

    async drop() {
      const stale = held?.token
      held = undefined
      if (stale) await forget(client, TableName, { Key, token: stale })
    },
  }
}

const busy = (connection: string): Result<string, Failure> =>
  err(retry(`another process has been renewing the token of ${connection} for 5 seconds`))

async function lock(
  client: DynamoDBDocumentClient,
  TableName: string,
  Key: { readonly pk: string },
): Promise<boolean> {
  return won(
    client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET lockedUntil = :until',
        // Fails if another process renewed it since our read.
        ConditionExpression:
          '(attribute_not_exists(lockedUntil) OR lockedUntil < :now) AND (attribute_not_exists(#until) OR #until < :now)',
        ExpressionAttributeNames: { '#until': 'until' },
        ExpressionAttributeValues: { ':until': Date.now() + lockMs, ':now': Date.now() },
      }),
    ),
  )
}

async function unlock(
  client: DynamoDBDocumentClient,
  TableName: string,
  Key: { readonly pk: string },
): Promise<void> {
  await client.send(new UpdateCommand({ TableName, Key, UpdateExpression: 'REMOVE lockedUntil' }))
}

/** Only if it is still the rejected one; another process may have renewed it. */
async function forget(
  client: DynamoDBDocumentClient,
  TableName: string,
  { Key, token }: { readonly Key: { readonly pk: string }; readonly token: string },
): Promise<void> {
  await won(
    client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #until = :past REMOVE lockedUntil',
        ConditionExpression: '#token = :token',
        ExpressionAttributeNames: { '#until': 'until', '#token': 'token' },
        ExpressionAttributeValues: { ':past': 0, ':token': token },
      }),
    ),
  )
}

/** False if the condition failed. */
async function won(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false
    throw error
  }
}
