import { type LookUpDeps, lookUp } from '../../domain/listings/look-up.ts'
import { type PublishDeps, type Published, publish } from '../../domain/listings/publish.ts'
import { parseJson } from '../../domain/parse.ts'
import { type LookupHint, StockMessage } from '../../schemas/messages/stock-hint.ts'

/** Publishes quantities to one channel, and looks up unknown listings. An invalid body is logged and dropped. */
export async function publishStock(
  bodies: readonly string[],
  deps: PublishDeps & LookUpDeps,
): Promise<Published> {
  const messages = bodies.flatMap((body) => {
    const json = parseJson(body)
    const parsed = json.ok ? StockMessage.safeParse(json.value) : undefined
    return parsed?.success ? [parsed.data] : []
  })
  // Quantities do not wait for look-ups.
  const published = await publish(messages, deps)
  const own = messages.flatMap((message) => ('lookUp' in message ? [message] : []))
  const hints = together(own.filter(({ connection }) => connection === deps.seller.connection))
  if (hints.length === 0) return published
  const lookedUp = []
  for (const hint of hints) lookedUp.push(await lookUp(hint, deps))
  const count = lookedUp.reduce((sum, one) => sum + one.count, published.count)
  const reasons = [published, ...lookedUp].flatMap(({ reason }) => reason ?? [])
  return { did: 'published and looked up', count, ...(reasons[0] && { reason: reasons[0] }) }
}

/** Merges all requested look-ups. */
function together(hints: readonly LookupHint[]): readonly LookupHint[] {
  const isRequest = ({ lookUp: what }: LookupHint) => 'requested' in what
  const [first, ...more] = hints.filter(isRequest)
  const others = hints.filter((hint) => !isRequest(hint))
  if (!first) return others
  const requested = [first, ...more].flatMap(({ lookUp: what }) =>
    'requested' in what ? what.requested : [],
  )
  return [...others, { ...first, lookUp: { requested: [...new Set(requested)] } }]
}
