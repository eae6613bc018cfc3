import type { z } from 'zod'
import type { Account, Call, Reply } from '../../domain/account.ts'
import { type Failure, halt, wait } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { shaped } from '../kit/answers.ts'
import { sendWithToken } from '../kit/credentials.ts'
import { interpret, isAbsent } from './interpret.ts'
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
  return shaped(schema, told.value, { kind: 'read', from: 'NetSuite' })
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
  return shaped(schema, told.value, { kind: 'read', from: 'NetSuite' })
}

type Request = Pick<Call, 'kind' | 'method' | 'url' | 'body' | 'headers'>

/**
 * A second 401 is `halt` when it comes at once with a token minted for it, and `wait` when NetSuite took its time: it says 401 when
 * crowded.
 */
async function request(
  account: Account,
  { headers, ...call }: Request,
): Promise<Result<Reply, Failure>> {
  const sent = await sendWithToken(account, {
    mint: () => signIn(account),
    send: (token) =>
      account.send({
        ...call,
        headers: {
          ...headers,
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(call.body !== undefined && { 'content-type': 'application/json' }),
        },
      }),
  })
  if (!sent.ok) return sent
  const { reply, isNew, ms } = sent.value
  if (reply.status !== 401) return ok(reply)
  return isNew && ms < stallMs
    ? err(halt('NetSuite refused a new token: check the integration, its certificate and its role'))
    : err(wait('NetSuite said 401 while crowded', 30))
}

const idIn = (location: string | undefined): string | undefined =>
  location === undefined ? undefined : /\/record\/v1\/\w+\/(\d+)\/?$/.exec(location)?.[1]
