import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda'
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { paginateListSubscriptions, type SNSClient } from '@aws-sdk/client-sns'
import { z } from 'zod'
import { connectors } from '../../connectors/index.ts'
import type { Account } from '../../domain/account.ts'
import type { Failure } from '../../domain/failure.ts'
import { sendTo } from '../../platform/http/send.ts'
import type { Connection } from '../../schemas/settings.ts'
import type { Facts } from './diagnose.ts'

export interface Clients {
  readonly secrets: SecretsManagerClient
  readonly lambda: LambdaClient
  readonly sns: SNSClient
}

/** Asks AWS and every vendor; changes nothing anywhere. Throws what AWS answers when the caller may not ask. */
export async function gather(settings: Facts['settings'], clients: Clients): Promise<Facts> {
  const { connections, alarmEmail } = settings
  const asked = await Promise.all(
    connections.filter(hasSecret).map(async (connection) => {
      const secret = await readSecret(connection, clients.secrets)
      // What is in a private network answers its own functions only.
      const refusal =
        'fault' in secret || connection.network
          ? undefined
          : await probe(accountOf(connection, secret.value), connection)
      return { id: connection.id, fault: 'fault' in secret ? secret.fault : undefined, refusal }
    }),
  )
  const limits = await clients.lambda.send(new GetAccountSettingsCommand({}))
  return {
    settings,
    secretFaults: named(asked.map(({ id, fault }) => [id, fault])),
    refusals: named(asked.map(({ id, refusal }) => [id, refusal])),
    concurrency: limits.AccountLimit?.ConcurrentExecutions ?? 0,
    isEmailConfirmed: alarmEmail !== undefined && (await isConfirmed(settings, clients.sns)),
  }
}

const named = <T>(
  pairs: readonly (readonly [string, T | undefined])[],
): Readonly<Record<string, T>> =>
  Object.fromEntries(
    pairs.flatMap(([id, value]) => (value === undefined ? [] : [[id, value] as const])),
  )

/** What only submits through the Capability API calls nobody and is called by nobody. */
const hasSecret = ({ hosts, webhooks }: Connection): boolean => hosts.length > 0 || webhooks

async function readSecret(
  { secret, webhooks }: Connection,
  client: SecretsManagerClient,
): Promise<{ readonly value: object } | { readonly fault: string }> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secret }))
    const value: unknown = JSON.parse(SecretString ?? '')
    if (typeof value !== 'object' || value === null) return { fault: 'is not a JSON object' }
    const isSigned = Signed.safeParse(value).success
    return webhooks && !isSigned
      ? { fault: 'has no webhookSecrets, so every webhook is rejected' }
      : { value }
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { fault: 'does not exist' }
    if (error instanceof SyntaxError) return { fault: 'is not JSON' }
    throw error
  }
}

const Signed = z.object({ webhookSecrets: z.array(z.string().min(1)).min(1) })

const accountOf = ({ id, own, hosts }: Connection, secret: object): Account => ({
  connection: id,
  settings: own,
  secret: async () => secret,
  send: sendTo(hosts),
  tokens: {
    get: async (mint) => {
      const minted = await mint()
      return minted.ok ? { ok: true, value: minted.value.token } : minted
    },
    drop: async () => {},
  },
  now: () => new Date(),
})

/**
 * The cheapest read that the connector has: what changed in the last minute, or what lies at one location. It needs every part of
 * the secret, so a secret of another shape fails it too. Nothing for a system that can be asked neither.
 */
export async function probe(
  account: Account,
  { connector: id }: Connection,
): Promise<Failure | undefined> {
  const connector = connectors.find((one) => one.id === id)
  const to = account.now()
  const window = { from: new Date(to.getTime() - 60_000).toISOString(), to: to.toISOString() }
  const read =
    (await connector?.sweep?.(account, window)) ??
    (await connector?.counts?.read(account, { code: '1' }))
  // A location that is not there is no fault of the credentials.
  return read === undefined || read.ok || read.error.next === 'except' ? undefined : read.error
}

async function isConfirmed(
  { environment, alarmEmail }: Facts['settings'],
  client: SNSClient,
): Promise<boolean> {
  for await (const { Subscriptions = [] } of paginateListSubscriptions({ client }, {})) {
    const ours = Subscriptions.find(
      ({ TopicArn, Endpoint }) =>
        TopicArn?.endsWith(`:crossdock-${environment}-alarms`) && Endpoint === alarmEmail,
    )
    if (ours) return ours.SubscriptionArn?.startsWith('arn:') === true
  }
  return false
}
