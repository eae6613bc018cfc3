import { Agent, type IncomingHttpHeaders, request } from 'node:http'

interface HttpReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface HttpClient {
  post(headers: Readonly<Record<string, string>>, body: Buffer | string): Promise<HttpReply>
  close(): void
}

/** Posts to one address over connections that stay open, and waits for answers as long as `patienceMs`. */
export function httpClient(address: string, patienceMs?: number): HttpClient {
  const { hostname, port, pathname } = new URL(address)
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  return {
    post: (headers, body) =>
      new Promise((resolve, reject) => {
        const options = {
          hostname,
          port,
          path: pathname,
          method: 'POST',
          agent,
          timeout: patienceMs,
        }
        const length = String(Buffer.byteLength(body))
        const outgoing = request(
          { ...options, headers: { ...headers, 'content-length': length } },
          (incoming) => {
            const chunks: Buffer[] = []
            incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
            incoming.on('error', reject)
            incoming.on('end', () =>
              resolve({
                status: incoming.statusCode ?? 500,
                headers: incoming.headers,
                body: Buffer.concat(chunks),
              }),
            )
          },
        )
        outgoing.on('error', reject)
        outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')))
        outgoing.end(body)
      }),
    close: () => agent.destroy(),
  }
}
