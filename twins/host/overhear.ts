import type { IncomingMessage, ServerResponse } from 'node:http'
import { twinHeader } from './courier.ts'
import type { TwinHost } from './twin-host.ts'

/**
 * A shop has every order that it sends a webhook of. So a body that was signed elsewhere and the hub took at its
 * door is put into the shop's twin too, and what the hub asks about that order later finds it there.
 */
export const overhear =
  (twins: TwinHost) =>
  (request: IncomingMessage, response: ServerResponse): boolean => {
    const [, connection = ''] = /^\/webhooks\/([^/]+\/[^/]+)$/.exec(request.url ?? '') ?? []
    const twin = twins.find(connection)?.twin
    if (!twin?.takeOrder || request.headers[twinHeader]) return false

    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.once('finish', () => {
      if (response.statusCode === 200)
        void twin.takeOrder?.(Buffer.concat(chunks).toString(), false)
    })
    return false
  }
