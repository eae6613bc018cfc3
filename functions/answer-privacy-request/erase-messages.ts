import { z } from 'zod'
import { beginningOf } from '../../domain/order/order-id.ts'
import { parse } from '../../domain/parse.ts'
import { markOf, marksIn } from '../../domain/privacy/raw-name.ts'
import { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import { Instant } from '../../schemas/canonical/instant.ts'
import type { PrivacyWork } from '../../schemas/messages/privacy-request.ts'
import { rawRoom } from '../../schemas/raw-message-prefix.ts'
import { isAboutEverybody } from './find.ts'
import type { PrivacyDeps } from './privacy-deps.ts'

/** Erases messages about the found orders in the next thousand files. */
export async function eraseMessages(work: PrivacyWork, deps: PrivacyDeps): Promise<PrivacyWork> {
  const { cursor, ...rest } = work
  const { names, more } = await deps.messages.list(rawRoom, cursor)
  const wanted = new Set(work.found.map((order) => markOf(order, deps.digest)))
  const fitting = isAboutEverybody(work)
    ? names
    : names.filter((name) => marksIn(name).some((mark) => wanted.has(mark)))
  let messages = 0
  for (const name of fitting) messages += await eraseIn(name, work, deps)
  const last = names.at(-1)
  return {
    ...rest,
    ...(more && last !== undefined && { cursor: last }),
    erased: { ...work.erased, messages: work.erased.messages + messages },
  }
}

/** Returns the number of erased messages; the others are unchanged. */
async function eraseIn(name: string, work: PrivacyWork, deps: PrivacyDeps): Promise<number> {
  const lines = (await deps.messages.read(name)).split('\n')
  const isTheirs = theirs(work)
  const at = deps.clock().toISOString()
  const kept = lines.map((line) => {
    const parsed = parse(Line, line)
    if (!parsed.ok || parsed.value.body === undefined || !isTheirs(parsed.value)) return line
    const { body: _, ...left } = parsed.value
    return JSON.stringify({ ...left, erasedAt: at, request: work.id })
  })
  const changed = kept.filter((line, i) => line !== lines[i]).length
  if (changed > 0) await deps.messages.write(name, kept.join('\n'))
  return changed
}

/** What remains of a message without its body. */
const Line = z.object({
  about: z.array(OrderId),
  connection: ConnectionId,
  receivedAt: Instant,
  body: z.string().optional(),
})
type Line = z.infer<typeof Line>

function theirs(work: PrivacyWork): (line: Line) => boolean {
  if (isAboutEverybody(work)) {
    const beginning = beginningOf(work.connection)
    return ({ about, connection }) =>
      connection === work.connection || about.some((order) => order.startsWith(beginning))
  }
  const found: ReadonlySet<OrderId> = new Set(work.found)
  return ({ about }) => about.some((order) => found.has(order))
}
