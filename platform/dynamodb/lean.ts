import { bodyOf } from '../http/body-of.ts'
import { exchange } from '../http/exchange.ts'

/** A call as a client of the SDK has written it. */
interface Request {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
}

/**
 * For a client of the SDK that speaks AWS's JSON protocol: its calls are signed and sent as our other calls are, which is a
 * tenth of a function's CPU less than as the SDK does it.
 */
export const lean = (service: string) => ({
  signer: { sign: async <T>(request: T) => request },
  requestHandler: {
    async handle({ protocol, hostname, port, headers, body }: Request) {
      const response = await exchange(service, {
        method: 'POST',
        url: new URL(`${protocol}//${hostname}${port ? `:${port}` : ''}/`),
        headers: {
          'content-type': headers['content-type'] ?? '',
          'x-amz-target': headers['x-amz-target'] ?? '',
        },
        body: body ?? '',
      })
      const answer = {
        statusCode: response.statusCode ?? 0,
        headers: Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
        ),
        body: await bodyOf(response),
      }
      return { response: answer }
    },
  },
})
