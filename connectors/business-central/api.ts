import type { z } from 'zod'
import type { Account, Call, Minted, Reply } from '../../domain/account.ts'
import { type Failure, halt, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { shaped } from '../kit/answers.ts'
import { clientOf, type Request } from '../kit/client.ts'
import { queryOf } from '../kit/counts.ts'
import { bearerTokens, clientCredentials, secretOf } from '../kit/credentials.ts'
import { interpret, isStale } from './responses.ts'
import { BusinessCentralSecret, companyUrl, scope, settingsOf, tokenUrl } from './settings.ts'
import { listOf, PageBody } from './wire.ts'

const client = clientOf({
  name: 'Business Central',
  url: (account, path) => companyUrl(settingsOf(account), path),
  interpret,
  authorize: bearerTokens({
    mint,
    refusedTwice: () =>
      halt('Business Central refused a new token: check the application and its permissions'),
  }),
})

/** A new access token of Microsoft Entra, by client credentials. Refused credentials are `halt`. */
async function mint(account: Account): Promise<Result<Minted, Failure>> {
  const secret = await secretOf(account, BusinessCentralSecret)
  if (!secret.ok) return secret
  const { clientId, clientSecret } = secret.value
  return clientCredentials(account, {
    url: tokenUrl(settingsOf(account)),
    form: { client_id: clientId, client_secret: clientSecret, scope },
    issuer: 'Microsoft Entra',
    credentials: 'application',
    otherwise: (reply) => interpret(reply, 'read'),
  })
}

const reading = (path: string, prefer?: string): Request => ({
  path,
  // Reads may otherwise be answered from a replica that lags.
  headers: { 'data-access-intent': 'ReadWrite', ...(prefer && { prefer }) },
})

/** What a list is asked for. */
export interface Query {
  readonly filter: string
  readonly select?: string
  readonly expand?: string
}

/**
 * The records that match. Records are always asked for by filter, also by id: an empty list is Business Central
 * saying that there is none, and a 404 may be a wrong address.
 */
export async function list<T extends z.ZodType>(
  account: Account,
  resource: string,
  { query, schema }: { readonly query: Query; readonly schema: T },
): Promise<Result<readonly z.infer<T>[], Failure>> {
  const options = Object.entries(query).map(([k, v]) => `$${k}=${encodeURIComponent(String(v))}`)
  const page = await client.ask(account, {
    ...reading(`${resource}?${options.join('&')}`),
    answer: listOf(schema),
  })
  return page.ok ? ok(page.value.value) : page
}

/**
 * One page of a list, and what to ask for the next: the query of the address that Business Central names, whose host and
 * path are ours to say.
 */
export async function listPage(
  account: Account,
  resource: string,
  query: string,
): Promise<Result<{ readonly items: readonly unknown[]; readonly next?: string }, Failure>> {
  const request = reading(`${resource}?${query}`, 'odata.maxpagesize=1000')
  const page = await client.ask(account, { ...request, answer: PageBody })
  if (!page.ok) return page
  const { value: items, '@odata.nextLink': link } = page.value
  if (link === undefined) return ok({ items })
  const next = queryOf(link, `/${resource}`)
  return next !== undefined
    ? ok({ items, next })
    : err(retry('Business Central named a next page that is elsewhere'))
}

/** A text in a filter. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Makes a record, and returns what the answer says of it. */
export async function create<T extends z.ZodType>(
  account: Account,
  path: string,
  { body, schema }: { readonly body: unknown; readonly schema: T },
): Promise<Result<z.infer<T>, Failure>> {
  const reply = await write(account, { method: 'POST', path, body })
  if (!reply.ok) return reply
  if (path.includes('(') && isStale(reply.value)) return err(gone())
  const told = interpret(reply.value, 'write')
  return told.ok ? shaped(schema, told.value, { kind: 'write', from: 'Business Central' }) : told
}

/** Runs a bound action. */
export async function act(account: Account, path: string): Promise<Result<undefined, Failure>> {
  const done = await change(account, { method: 'POST', path, body: {} })
  if (!done.ok) return done
  return done.value === 'stale' ? err(gone()) : ok(undefined)
}

/** Nothing was done: the next attempt looks what became of it. */
const gone = (): Failure => retry('the sales order is another by now, or gone')

interface Write extends Pick<Call, 'method'> {
  readonly path: string
  readonly etag?: string
  readonly body?: unknown
}

/** Changes the record that was read, and no other version of it: `stale` when it is another by now, or gone. */
export async function change(
  account: Account,
  request: Write,
): Promise<Result<'changed' | 'stale', Failure>> {
  const reply = await write(account, request)
  if (!reply.ok) return reply
  if (isStale(reply.value)) return ok('stale')
  const told = interpret(reply.value, 'write')
  return told.ok ? ok('changed') : told
}

const write = (
  account: Account,
  { etag, body: json, ...request }: Write,
): Promise<Result<Reply, Failure>> =>
  client.exchange(account, {
    ...request,
    ...(json !== undefined && { json }),
    timeoutMs: 20_000,
    ...(etag !== undefined && { headers: { 'if-match': etag } }),
  })
