import { Fault } from '../../domain/fault.ts'
import { parse } from '../../domain/parse.ts'
import { PrivacyWork } from '../../schemas/messages/privacy-request.ts'
import { disclose } from './disclose.ts'
import { eraseDisclosures } from './erase-disclosures.ts'
import { eraseMessages } from './erase-messages.ts'
import { find } from './find.ts'
import type { PrivacyDeps } from './privacy-deps.ts'
import { report } from './report.ts'

export interface AnsweredRequest {
  readonly did: string
  readonly count?: number
  readonly by?: string
}

/**
 * Does one part of a privacy request and sends itself the rest, so that shops of any size fit into small parts. Safe
 * to repeat.
 */
export async function answerPrivacyRequest(
  body: string,
  deps: PrivacyDeps,
): Promise<AnsweredRequest> {
  const parsed = parse(PrivacyWork, body)
  if (!parsed.ok) throw new Fault(`not a Crossdock message: ${parsed.error.reason}`)
  const work = parsed.value
  const { account, connection, by } = work
  if (account !== undefined && !deps.hostsOf(connection).includes(account)) {
    await report(work, "refused: the request names another account than the connection's", deps)
    return { did: 'refused a privacy request', by }
  }
  const { next, ...rest } = await stepsOf[work.step](work, deps)
  const count = rest.work.found.length
  if (next === 'again') {
    await deps.again(JSON.stringify(rest.work), 0)
    return { did: `${work.kind}, in part`, count, by }
  }
  await report(rest.work, 'done', deps)
  return { did: work.kind, count, by }
}

/** Progress after a step. */
interface Stepped {
  readonly work: PrivacyWork
  readonly next: 'again' | 'nothing'
}

const stepsOf: Readonly<
  Record<PrivacyWork['step'], (work: PrivacyWork, deps: PrivacyDeps) => Promise<Stepped>>
> = {
  async find(work, deps) {
    const found = await find(work, deps)
    if (found.cursor !== undefined) return { work: found, next: 'again' }
    if (work.kind === 'erasure') return { work: { ...found, step: 'messages' }, next: 'again' }
    await disclose(found, deps)
    return { work: found, next: 'nothing' }
  },
  async messages(work, deps) {
    const erased = await eraseMessages(work, deps)
    if (erased.cursor !== undefined) return { work: erased, next: 'again' }
    return { work: await eraseDisclosures(erased, deps), next: 'nothing' }
  },
}
