import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Secrets } from '../../platform/secrets/secrets.ts'

export interface SecretsManager {
  /** Names that were asked for, oldest first. */
  readonly asked: string[]
  /** Values by name. */
  readonly stored: Map<string, object>
  awsSecrets(now?: () => number): Secrets
  close(): Promise<void>
}

/** Secrets Manager on this machine, and the module that asks it: that reads its address when it is imported. */
export async function openSecretsManager(): Promise<SecretsManager> {
  const asked: string[] = []
  const stored = new Map<string, object>()
  const server = createServer(async (request, response) => {
    const { SecretId } = JSON.parse(await text(request))
    asked.push(SecretId)
    const secret = stored.get(SecretId)
    response.statusCode = secret ? 200 : 400
    response.end(JSON.stringify(secret ? { SecretString: JSON.stringify(secret) } : {}))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo
  process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${port}/`
  process.env['AWS_ACCESS_KEY_ID'] = 'test'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test'
  const { awsSecrets } = await import('../../platform/secrets/secrets.ts')
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { asked, stored, awsSecrets, close }
}
