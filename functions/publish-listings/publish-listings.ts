import { type LookUpDeps, lookUp } from '../../domain/listings/look-up.ts'
import { type Published, publish } from '../../domain/listings/publish.ts'
import type { PublishDeps } from '../../domain/listings/record-outcomes.ts'
import { parseJson } from '../../domain/parse.ts'
import { ListingMessage, type LookupHint } from '../../schemas/messages/listing-message.ts'

/**
 * Tells one channel what it is to show, and asks it for listings of which nothing is known. A body that is no hint is nobody's: it is
 * logged and let go.
 */
export async function publishListings(
  bodies: readonly string[],
  deps: PublishDeps & LookUpDeps,
): Promise<Published> {
  const messages = bodies.flatMap((body) => {
    const json = parseJson(body)
    const parsed = json.ok ? ListingMessage.safeParse(json.value) : undefined
    return parsed?.success ? [parsed.data] : []
  })
  // Values do not wait for what is looked up.
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
