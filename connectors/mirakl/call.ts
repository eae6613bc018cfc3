import type { z } from 'zod'
import type { Account, Call, Reply } from '../../domain/account.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Result } from '../../domain/result.ts'
import { shaped } from '../kit/answers.ts'
import { secretOf } from '../kit/credentials.ts'
import { interpret } from './interpret.ts'
import { MiraklSecret, MiraklSettings } from './settings.ts'

type MiraklCall = Pick<Call, 'kind' | 'method'> & {
  /** Below `/api`, with a leading slash. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** One authorised call, already interpreted; `undefined` where Mirakl has nothing to say. */
export async function call(
  account: Account,
  { body, ...asked }: MiraklCall,
): Promise<Result<unknown, Failure>> {
  const json = body !== undefined && { type: 'application/json', body: JSON.stringify(body) }
  const reply = await exchange(account, { ...asked, accept: 'application/json', ...json })
  return reply.ok ? interpret(reply.value, asked.kind) : reply
}

type Exchange = Omit<MiraklCall, 'body'> & {
  readonly accept: string
  /** What the body is, where there is one. */
  readonly type?: string
  readonly body?: string
}

/** One authorised call, as it was answered. */
export async function exchange(
  account: Account,
  { kind, method, path, query, accept, type, body }: Exchange,
): Promise<Result<Reply, Failure>> {
  const secret = await secretOf(account, MiraklSecret)
  if (!secret.ok) return secret
  const { host, shopId } = MiraklSettings.parse(account.settings)
  const asked = new URLSearchParams({ ...query, ...(shopId && { shop_id: String(shopId) }) })
  const search = asked.size > 0 ? `?${asked}` : ''
  return account.send({
    kind,
    method,
    url: `https://${host}/api${path}${search}`,
    headers: {
      // The key alone, without a scheme.
      authorization: secret.value.apiKey,
      accept,
      ...(type && { 'content-type': type }),
    },
    ...(body !== undefined && { body }),
  })
}

/** One call whose answer has to have a shape. */
export async function ask<T extends z.ZodType>(
  account: Account,
  { answer, ...asked }: MiraklCall & { readonly answer: T },
): Promise<Result<z.infer<T>, Failure>> {
  const said = await call(account, asked)
  if (!said.ok) return said
  return shaped(answer, said.value, { kind: asked.kind, from: `mirakl, asked for ${asked.path},` })
}
