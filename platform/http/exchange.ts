import { type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { Fault } from '../../domain/fault.ts'
import { type Credentials, signedBy, type Unsigned } from './sign.ts'

export const region = process.env['AWS_REGION'] ?? 'us-east-1'

/** Lambda provides them at start, and they outlive the process. */
const credentials: Credentials = {
  accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
  secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
  sessionToken: process.env['AWS_SESSION_TOKEN'],
}

/** Longer than any AWS service called here takes. */
const patienceMs = 10_000

/** Signs a request with the function's credentials and sends it; resolves with the answer before its body. */
export function exchange(service: string, unsigned: Unsigned): Promise<IncomingMessage> {
  const { method, url, body } = unsigned
  const signed = signedBy(credentials, unsigned, { region, service, now: new Date() })
  const headers = { ...signed, 'content-length': Buffer.byteLength(body) }
  const open = url.protocol === 'https:' ? overHttps : overHttp
  return new Promise((resolve, reject) => {
    const request = open(url, { method, headers, timeout: patienceMs }, resolve)
    request.on('error', reject)
    request.on('timeout', () => {
      request.destroy(new Fault(`${service} did not answer within ${patienceMs / 1000} s`))
    })
    request.end(body)
  })
}
