import type { z } from 'zod'
import type { Account, Call, Minted, Reply } from '../../domain/account.ts'
import { doubt, type Failure, halt, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { interpret, interpretToken, isTokenRefused } from './interpret.ts'
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

  const parsed = answer.safeParse(data.value)
  if (parsed.success) return ok(parsed.data)
  const wrong = parsed.error.issues.map(({ path }) => path.join('.')).join(', ')
  const reason = `shopify answered ${operation} in an unknown shape: ${wrong}`
  return err(kind === 'write' ? doubt(reason) : retry(reason))
}

async function post(
  account: Account,
  kind: Call['kind'],
  request: Readonly<Record<string, unknown>>,
): Promise<Result<Reply, Failure>> {
  const first = await postOnce(account, kind, request)
  if (!first.ok || !isTokenRefused(first.value)) return first
  await account.tokens.drop()
  return postOnce(account, kind, request)
}

async function postOnce(
  account: Account,
  kind: Call['kind'],
  request: Readonly<Record<string, unknown>>,
): Promise<Result<Reply, Failure>> {
  const { shop, apiVersion } = ShopifySettings.parse(account.settings)
  const token = await account.tokens.get(() => mint(account, shop))
  if (!token.ok) return token
  return account.send({
    kind,
    method: 'POST',
    url: `https://${shop}/admin/api/${apiVersion}/graphql.json`,
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': token.value },
    body: JSON.stringify(request),
  })
}

/** The client-credentials grant; Shopify documents the form encoding (read 2026-11-21), and a token lives 24 hours. */
async function mint(account: Account, shop: string): Promise<Result<Minted, Failure>> {
  const secret = ShopifySecret.safeParse(await account.secret())
  if (!secret.success) {
    const wrong = secret.error.issues.map(({ path }) => path.join('.')).join(', ')
    return err(halt(`the connection's secret is incomplete: ${wrong}`))
  }
  const { clientId, clientSecret } = secret.data
  const reply = await account.send({
    kind: 'read',
    method: 'POST',
    url: `https://${shop}/admin/oauth/access_token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }).toString(),
  })
  return reply.ok ? interpretToken(reply.value) : reply
}
