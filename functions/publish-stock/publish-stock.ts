import { parseJson } from '../../domain/parse.ts'
import { type PublishDeps, type Published, publish } from '../../domain/stock/publish.ts'
import { StockMessage } from '../../schemas/messages/stock-hint.ts'

/** Tells one channel what it may sell. A body that is no hint is nobody's: it is logged and let go. */
export async function publishStock(
  bodies: readonly string[],
  deps: PublishDeps,
): Promise<Published> {
  const messages = bodies.flatMap((body) => {
    const json = parseJson(body)
    const parsed = json.ok ? StockMessage.safeParse(json.value) : undefined
    return parsed?.success ? [parsed.data] : []
  })
  return publish(messages, deps)
}
