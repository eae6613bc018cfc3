import type { z } from 'zod'
import type { Account, Call, Minted, Reply } from '../../domain/account.ts'
import type { Failure } from '../../domain/failure.ts'
import { ok, type Result } from '../../domain/result.ts'
import { shaped } from '../kit/answers.ts'
import { clientCredentials, secretOf, sendWithToken } from '../kit/credentials.ts'
import { interpret } from './interpret.ts'
import { type Operation, operations } from './operations.ts'
import { ShopifySecret, ShopifySettings } from './settings.ts'

interface Question<T extends z.ZodType> {
  readonly operation: Operation
  readonly variables: Readonly<Record<string, unknown>>
  /** Reads the answer's `data`. */
  readonly answer: T
  /** @default 'read' */
  readonly kind?: Call['kind']
}

/** Asks the Admin API one thing, with a token in force; a token refused once is replaced once. */
export async function ask<T extends z.ZodType>(
  account: Account,
  { operation, variables, answer, kind = 'read' }: Question<T>,
): Promise<Result<z.infer<T>, Failure>> {
  const reply = await post(account, kind, { query: operations[operation], variables })
  if (!reply.ok) return reply
  const data = interpret(reply.value, kind)
  if (!data.ok) return data

  return shaped(answer, data.value, { kind, from: `shopify, asked for ${operation},` })
}

async function post(
  account: Account,
  kind: Call['kind'],
  request: Readonly<Record<string, unknown>>,
): Promise<Result<Reply, Failure>> {
  const { shop, apiVersion } = ShopifySettings.parse(account.settings)
  const sent = await sendWithToken(account, {
    mint: () => mint(account, shop),
    send: (token) =>
      account.send({
        kind,
        method: 'POST',
        url: `https://${shop}/admin/api/${apiVersion}/graphql.json`,
        headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
        body: JSON.stringify(request),
      }),
  })
  return sent.ok ? ok(sent.value.reply) : sent
}

/** The client-credentials grant; Shopify documents the form encoding (read 2026-11-21), and a token lives 24 hours. */
async function mint(account: Account, shop: string): Promise<Result<Minted, Failure>> {
  const secret = await secretOf(account, ShopifySecret)
  if (!secret.ok) return secret
  const { clientId, clientSecret } = secret.value
  return clientCredentials(account, {
    url: `https://${shop}/admin/oauth/access_token`,
    form: { client_id: clientId, client_secret: clientSecret },
    issuer: 'shopify',
    credentials: 'client id or secret',
    otherwise: (reply) => interpret(reply, 'read'),
  })
}
