import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Account, Call, Minted } from '../../domain/account.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { clientOf } from '../kit/client.ts'
import { clientCredentials, secretOf, sendWithToken } from '../kit/credentials.ts'
import { everyItem, type Page } from '../kit/paging.ts'
import { type Operation, operations } from './operations.ts'
import { interpret, refusal, spent, UserError } from './responses.ts'
import { ShopifySecret, ShopifySettings } from './settings.ts'

const client = clientOf({
  name: 'shopify',
  url({ settings }) {
    const { shop, apiVersion } = ShopifySettings.parse(settings)
    return `https://${shop}/admin/api/${apiVersion}/graphql.json`
  },
  async authorize(account, send) {
    const sent = await sendWithToken(account, {
      mint: () => mint(account),
      send: (token) => send({ 'x-shopify-access-token': token }),
    })
    return sent.ok ? ok(sent.value.reply) : sent
  },
  interpret,
})

/** The client-credentials grant; Shopify documents the form encoding (read 2026-11-21), and a token lives 24 hours. */
async function mint(account: Account): Promise<Result<Minted, Failure>> {
  const secret = await secretOf(account, ShopifySecret)
  if (!secret.ok) return secret
  const { clientId, clientSecret } = secret.value
  return clientCredentials(account, {
    url: `https://${ShopifySettings.parse(account.settings).shop}/admin/oauth/access_token`,
    form: { client_id: clientId, client_secret: clientSecret },
    issuer: 'shopify',
    credentials: 'client id or secret',
    otherwise: (reply) => interpret(reply, 'read'),
  })
}

interface Question<T extends z.ZodType> {
  readonly operation: Operation
  readonly variables: Readonly<Record<string, unknown>>
  /** Reads the answer's `data`. */
  readonly answer: T
  /** @default 'read' */
  readonly kind?: Call['kind']
}

/** Asks the Admin API one thing. */
export async function ask<T>(
  account: Account,
  { operation: about, variables, answer, kind = 'read' }: Question<z.ZodType<T>>,
): Promise<Result<T, Failure>> {
  const json = { query: operations[about], variables }
  const whole = z.object({ data: answer })
  const said = await client.ask(account, { method: 'POST', kind, json, about, answer: whole })
  return said.ok ? ok(said.value.data) : said
}

/** Asks for parts of an order, which has to be there. */
export async function askOrder<T>(
  account: Account,
  channelOrderId: string,
  { answer, variables, ...question }: Question<z.ZodType<T>>,
): Promise<Result<T, Failure>> {
  const found = await ask(account, {
    ...question,
    variables: { id: `gid://shopify/Order/${channelOrderId}`, ...variables },
    answer: z.object({ order: answer.nullable() }),
  })
  if (!found.ok) return found
  return found.value.order
    ? ok(found.value.order)
    : err(except('order-not-found', 'the shop does not have this order any more'))
}

/** Makes something by an operation that calls its answer `result`, and in it `made` what was made. */
export async function make<T>(
  account: Account,
  { answer: made, ...question }: Question<z.ZodType<T>>,
): Promise<Result<T, Failure>> {
  const result = z.object({ made: made.nullish(), userErrors: z.array(UserError) })
  const answer = await ask(account, { ...question, kind: 'write', answer: z.object({ result }) })
  if (!answer.ok) return answer
  const refused = refusal(answer.value.result.userErrors)
  if (refused) return err(refused)
  return answer.value.result.made
    ? ok(answer.value.result.made)
    : err(except('effect-refused', `shopify did not ${question.operation} and gave no reason`))
}

/** Keys that are tried when Shopify remembers one for an attempt that failed. */
const keys = 3

/** Tries with a key that is the same for every attempt at the same thing, and with another once it is spent. */
export async function withKey<T>(
  what: unknown,
  attempt: (key: string) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  for (let n = 1; ; n++) {
    const made = await attempt(keyOf([what, n]))
    if (made.ok || made.error !== spent || n === keys) return made
  }
}

function keyOf(what: unknown): string {
  const hex = createHash('sha256').update(JSON.stringify(what)).digest('hex')
  return [0, 8, 12, 16, 20].map((at, i) => hex.slice(at, [8, 12, 16, 20, 32][i])).join('-')
}

/** A page of a GraphQL connection. One that promises a further page and names none is half an answer. */
export const pageOf = <T extends z.ZodType>(node: T) =>
  z
    .object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
      nodes: z.array(node),
    })
    .refine(
      ({ pageInfo }) => !pageInfo.hasNextPage || pageInfo.endCursor,
      'a further page is promised and not named',
    )
    .transform(({ nodes, pageInfo }) => ({
      items: nodes,
      next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined,
    }))

/** Every node of a connection whose first page is known. */
export const everyNode = <T>(
  first: Page<T>,
  read: (after: string) => Promise<Result<Page<T>, Failure>>,
) => everyItem(async (after) => (after === undefined ? ok(first) : read(after)))

/** The digits of `gid://shopify/Order/1`, or `undefined`. */
export const idOfGid = (gid: string | null | undefined): string | undefined =>
  /^gid:\/\/shopify\/\w+\/(\d+)/.exec(gid ?? '')?.[1]
