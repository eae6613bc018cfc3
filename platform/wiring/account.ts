import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Account } from '../../domain/account.ts'
import type { Connection } from '../../schemas/settings.ts'
import { dynamoTokens } from '../dynamodb/tokens.ts'
import { direct, sendTo } from '../http/send.ts'
import type { Secrets } from '../secrets/secrets.ts'

interface Means {
  readonly client: DynamoDBDocumentClient
  readonly secrets: Secrets
  readonly cursorsTable: string
}

/** Opens a connection for work: its own secret, its own hosts, its own tokens, and nothing of any other. */
export const openAccount = (
  { id, own, secret, hosts, network }: Connection,
  { client, secrets, cursorsTable }: Means,
): Account => ({
  connection: id,
  settings: own,
  secret: () => secrets.get(secret),
  send: sendTo(hosts, { ...direct, mayBePrivate: network !== undefined }),
  tokens: dynamoTokens(client, cursorsTable, id),
  now: () => new Date(),
})
