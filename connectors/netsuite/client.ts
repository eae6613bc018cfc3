import type { z } from 'zod'
import type { Account, Call, Reply } from '../../domain/account.ts'
import { type Failure, halt, retry, wait } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { interpret, isAbsent, isUnauthorized } from './interpret.ts'
import { recordUrl, settingsOf, suiteqlUrl } from './settings.ts'
import { signIn } from './sign-in.ts'

/** A 401 after this long is the account being crowded, not a token being wrong (measured by others: 60 s). */
const stallMs = 4000

/** Reads one record, by internal id or `eid:`; `undefined` when NetSuite says that there is none. */
export async function readRecord<T extends z.ZodType>(
  account: Account,
  path: string,
  schema: T,
): Promise<Result<z.infer<T> | undefined, Failure>> {
  const url = recordUrl(settingsOf(account), path)
  const reply = await request(account, { kind: 'read', method: 'GET', url })
  if (!reply.ok) return reply
  if (isAbsent(reply.value)) return ok(undefined)

  const told = interpret('read', reply.value)
  if (!told.ok) return told
  const record = read(schema, told.value)
  // Half an answer: what was asked for exists, whatever its shape, so that it is not "surely not there".
  return record.ok ? record : err(retry(`NetSuite's answer is incomplete: ${record.error.reason}`))
}

/** Writes, and returns the internal id of what it made where NetSuite names it. */
export async function writeRecord(
  account: Account,
  method: 'POST' | 'PATCH',
  path: string,
  body: unknown,
): Promise<Result<string | undefined, Failure>> {
  const url = recordUrl(settingsOf(account), path)
  const reply = await request(account, { kind: 'write', method, url, body: JSON.stringify(body) })
  if (!reply.ok) return reply
  const told = interpret('write', reply.value)
  return told.ok ? ok(idIn(reply.value.headers['location'])) : told
}

/** Rows that a SuiteQL query answers with, at most `limit`, which is 1000 at most. */
export async function query<T extends z.ZodType>(
  account: Account,
  { q, limit }: { readonly q: string; readonly limit: number },
  schema: T,
): Promise<Result<z.infer<T>, Failure>> {
  const reply = await request(account, {
    kind: 'read',
    method: 'POST',
    url: suiteqlUrl(settingsOf(account), { limit }),
    headers: { prefer: 'transient' },
    body: JSON.stringify({ q }),
  })
  if (!reply.ok) return reply
  const told = interpret('read', reply.value)
  if (!told.ok) return told
  const rows = read(schema, told.value)
  return rows.ok ? rows : err(retry(`NetSuite's answer is incomplete: ${rows.error.reason}`))
}

type Request = Pick<Call, 'kind' | 'method' | 'url' | 'body' | 'headers'>

/**
 * Sends with a token. A 401 did nothing, so it is sent once more with a new token. A second one is `halt` when it
 * comes at once with a token minted for it, and `wait` when NetSuite took its time: it says 401 when crowded.
 */
async function request(account: Account, call: Request): Promise<Result<Reply, Failure>> {
  const first = await sendOnce(account, call)
  if (!first.ok || !isUnauthorized(first.value.reply)) return replyOf(first)

  await account.tokens.drop()
  const second = await sendOnce(account, call)
  if (!second.ok || !isUnauthorized(second.value.reply)) return replyOf(second)

  await account.tokens.drop()
  return second.value.minted && second.value.ms < stallMs
    ? err(halt('NetSuite refused a new token: check the integration, its certificate and its role'))
    : err(wait('NetSuite said 401 while crowded', 30))
}

interface Sent {
  readonly reply: Reply
  /** True when the token was minted for this very request. */
  readonly minted: boolean
  readonly ms: number
}

async function sendOnce(
  account: Account,
  { kind, method, url, headers, body }: Request,
): Promise<Result<Sent, Failure>> {
  let minted = false
  const token = await account.tokens.get(() => {
    minted = true
    return signIn(account)
  })
  if (!token.ok) return token

  const from = account.now().getTime()
  const reply = await account.send({
    kind,
    method,
    url,
    headers: {
      ...headers,
      accept: 'application/json',
      authorization: `Bearer ${token.value}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  })
  return reply.ok ? ok({ reply: reply.value, minted, ms: account.now().getTime() - from }) : reply
}

const replyOf = (sent: Result<Sent, Failure>): Result<Reply, Failure> =>
  sent.ok ? ok(sent.value.reply) : sent

const idIn = (location: string | undefined): string | undefined =>
  location === undefined ? undefined : /\/record\/v1\/\w+\/(\d+)\/?$/.exec(location)?.[1]
