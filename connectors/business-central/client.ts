import type { z } from 'zod'
import type { Account, Call, Reply } from '../../domain/account.ts'
import { doubt, type Failure, halt, retry } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { shaped } from '../kit/answers.ts'
import { sendWithToken } from '../kit/credentials.ts'
import { interpret, isStale } from './interpret.ts'
import { companyUrl, settingsOf } from './settings.ts'
import { signIn } from './sign-in.ts'
import { listOf, PageBody } from './wire.ts'

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
  const path = `${resource}?${options.join('&')}`
  const reply = await request(account, { kind: 'read', method: 'GET', path })
  if (!reply.ok) return reply
  const told = interpret('read', reply.value)
  if (!told.ok) return told
  const page = shaped(listOf(schema), told.value, { kind: 'read', from: 'Business Central' })
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
  const reply = await request(account, {
    kind: 'read',
    method: 'GET',
    path: `${resource}?${query}`,
    pageSize: 1000,
  })
  if (!reply.ok) return reply
  const told = interpret('read', reply.value)
  if (!told.ok) return told
  const page = read(PageBody, told.value)
  if (!page.ok) return err(retry(`Business Central's answer is incomplete: ${page.error.reason}`))
  const { value: items, '@odata.nextLink': link } = page.value
  if (link === undefined) return ok({ items })
  const url = URL.parse(link)
  return url?.pathname.endsWith(`/${resource}`) && url.search !== ''
    ? ok({ items, next: url.search.slice(1) })
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
  const reply = await request(account, { kind: 'write', method: 'POST', path, body })
  if (!reply.ok) return reply
  if (path.includes('(') && isStale(reply.value)) return err(gone())
  const told = interpret('write', reply.value)
  if (!told.ok) return told
  const made = read(schema, told.value)
  return made.ok ? made : err(doubt('Business Central made something and did not say what'))
}

/** Runs a bound action. */
export async function act(account: Account, path: string): Promise<Result<undefined, Failure>> {
  const reply = await request(account, { kind: 'write', method: 'POST', path, body: {} })
  if (!reply.ok) return reply
  if (isStale(reply.value)) return err(gone())
  const told = interpret('write', reply.value)
  return told.ok ? ok(undefined) : told
}

/** Nothing was done: the next attempt looks what became of it. */
const gone = (): Failure => retry('the sales order is another by now, or gone')

interface Change {
  readonly method: 'PATCH' | 'DELETE'
  readonly path: string
  readonly etag: string
  readonly body?: unknown
}

/** Changes the record that was read, and no other version of it: `stale` when it is another by now, or gone. */
export async function change(
  account: Account,
  { method, path, etag, body }: Change,
): Promise<Result<'changed' | 'stale', Failure>> {
  const reply = await request(account, { kind: 'write', method, path, etag, body })
  if (!reply.ok) return reply
  if (isStale(reply.value)) return ok('stale')
  const told = interpret('write', reply.value)
  return told.ok ? ok('changed') : told
}

interface Request extends Pick<Call, 'kind' | 'method'> {
  readonly path: string
  readonly etag?: string
  readonly body?: unknown
  /** Records to a page. @default as many as Business Central likes */
  readonly pageSize?: number
}

/** A second 401 is `halt`. */
async function request(
  account: Account,
  { kind, method, path, etag, body, pageSize }: Request,
): Promise<Result<Reply, Failure>> {
  const sent = await sendWithToken(account, {
    mint: () => signIn(account),
    send: (token) =>
      account.send({
        kind,
        method,
        url: companyUrl(settingsOf(account), path),
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          // Reads may otherwise be answered from a replica that lags.
          ...(kind === 'read' && { 'data-access-intent': 'ReadWrite' }),
          ...(pageSize !== undefined && { prefer: `odata.maxpagesize=${pageSize}` }),
          ...(etag !== undefined && { 'if-match': etag }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(kind === 'write' && { timeoutMs: 20_000 }),
      }),
  })
  if (!sent.ok) return sent
  return sent.value.reply.status === 401
    ? err(halt('Business Central refused a new token: check the application and its permissions'))
    : ok(sent.value.reply)
}
