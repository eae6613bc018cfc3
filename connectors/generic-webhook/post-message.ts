import { createHash } from 'node:crypto'
import type { Account, Call, Reply } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { type Failure, halt } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import { err, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { standardHeaders } from '../kit/signatures.ts'
import { interpretAnswer, interpretLookup } from './interpret.ts'
import { Secret, Settings } from './settings.ts'
import { toMessage } from './to-message.ts'
import type { Message } from './wire.ts'

/** Tells the system, and reads what it answers. */
export async function postMessage(
  account: Account,
  effect: Message['effect'],
  subject: Subject,
): Promise<Result<Reference, Failure>> {
  const message = toMessage({ effect, connection: account.connection }, subject)
  if (!message.ok) return message
  const { url, answersWithinSeconds } = Settings.parse(account.settings)
  const reply = await call(account, {
    id: idOf(message.value),
    kind: 'write',
    method: 'POST',
    url,
    body: JSON.stringify(message.value),
  })
  if (!reply.ok) return reply
  const { people } = subject.order
  return interpretAnswer(reply.value, { now: account.now(), people, answersWithinSeconds })
}

/** Asks what became of a message: `undefined` when the system surely did nothing for it. */
export async function lookUp(
  account: Account,
  effect: Message['effect'],
  subject: Subject,
): Promise<Result<Reference | undefined, Failure>> {
  const message = toMessage({ effect, connection: account.connection }, subject)
  if (!message.ok) return message
  const { orderId, intentId } = message.value
  const { lookupUrl = '' } = Settings.parse(account.settings)
  const url = new URL(lookupUrl.replaceAll('{orderId}', encodeURIComponent(orderId)))
  url.searchParams.set('effect', effect)
  url.searchParams.set('intentId', intentId)
  const reply = await call(account, {
    id: idOf(message.value),
    kind: 'read',
    method: 'GET',
    url: url.href,
  })
  return reply.ok ? interpretLookup(reply.value, account.now()) : reply
}

/** The same for every attempt at the same piece of work: by it the system knows a repetition. */
function idOf({ connection, orderId, intentId }: Message): string {
  const work = JSON.stringify([connection, orderId, intentId])
  return `msg_${createHash('sha256').update(work).digest('hex').slice(0, 32)}`
}

async function call(
  account: Account,
  { id, ...request }: Omit<Call, 'headers'> & { readonly id: string },
): Promise<Result<Reply, Failure>> {
  const secret = read(Secret, await account.secret())
  if (!secret.ok) {
    return err(
      halt('the secret is not {"signingSecrets": ["whsec_…"], "webhookSecrets": ["whsec_…"]}'),
    )
  }
  const { signingSecrets, headers } = secret.value
  const { body = '' } = request
  const signed = standardHeaders({ id, body, now: account.now() }, signingSecrets)
  return account.send({
    ...request,
    headers: {
      ...headers,
      accept: 'application/json',
      ...(body !== '' && { 'content-type': 'application/json' }),
      ...signed,
    },
  })
}
