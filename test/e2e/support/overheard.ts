import diagnostics from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

/** Something that left a function or lies somewhere, and where. */
export interface Heard {
  readonly where: string
  readonly text: string
}

/**
 * Every call of AWS that arrives at a gateway of this process, from the moment this is called: what functions write to tables,
 * queues, buckets and the bus, as it is on the wire. Personal data has two places to be, the vault and the messages as they
 * came, with the queue that brings those and the files for customers who asked; what goes there is left out.
 */
export function overhear(awsUrl: string) {
  const heard: Heard[] = []
  const port = new URL(awsUrl).port
  const listen = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage }
    if (String(request.socket.localPort) !== port) return
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (/Credential=operator\//.test(request.headers.authorization ?? '')) return
      heard.push(...partsOf(request, Buffer.concat(chunks)))
    })
  }
  diagnostics.subscribe('http.server.request.start', listen)
  return {
    heard,
    stop: () => diagnostics.unsubscribe('http.server.request.start', listen),
  }
}

function partsOf({ headers, url = '' }: IncomingMessage, body: Buffer): Heard[] {
  const action =
    String(headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ?? ''
  if (action === '')
    return isRoom(url) ? [] : [{ where: `object ${url}`, text: body.toString('latin1') }]
  const call = JSON.parse(body.toString('utf8'))
  const writes: readonly object[] = call.TransactItems?.flatMap(Object.values) ?? [call]
  return writes
    .filter(
      (write) => !isRoom(JSON.stringify(Object(write).TableName ?? Object(write).QueueUrl ?? '')),
    )
    .map((write) => ({ where: `${action} of ${tableOrQueue(write)}`, text: JSON.stringify(write) }))
}

const tableOrQueue = (write: object): string =>
  String(Object(write).TableName ?? Object(write).QueueUrl ?? 'something')
    .split('/')
    .at(-1) ?? ''

/** Where personal data may be. */
export const isRoom = (name: string): boolean =>
  /People|IntakeQueue|IntakeDeadLetters|\/raw\/\d|\/disclosures\//.test(name)
