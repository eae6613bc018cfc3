import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { z } from 'zod'

const Batch = z.object({ Entries: z.array(z.record(z.string(), z.unknown())) })

describe('several messages', () => {
  let server: Server
  let sendMessages: typeof import('../../platform/sqs/send-messages.ts').sendMessages
  let asked: z.infer<typeof Batch>['Entries'][] = []
  let answer: unknown = {}

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      expect(request.headers['x-amz-target']).toBe('AmazonSQS.SendMessageBatch')
      asked.push(Batch.parse(await json(request)).Entries)
      response.end(JSON.stringify(answer))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${port}`
    process.env['AWS_REGION'] = 'us-east-1'
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIA'
    process.env['AWS_SECRET_ACCESS_KEY'] = 'secret'
    ;({ sendMessages } = await import('../../platform/sqs/send-messages.ts'))
  })
  afterAll(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  beforeEach(() => {
    asked = []
    answer = {}
  })

  const url = 'http://127.0.0.1/queue'
  const bodies = () => asked.map((entries) => entries.map((entry) => entry['MessageBody']))
  const messages = (sizes: readonly number[]) =>
    sizes.map((size, i) => ({ body: `${i}`.padEnd(size, '.') }))

  test('are ten with a request, each with a name of its own there', async () => {
    const sent = messages(Array.from({ length: 23 }, () => 5))
    await sendMessages(url, sent)
    expect(bodies().map(({ length }) => length)).toEqual([10, 10, 3])
    expect(bodies().flat()).toEqual(sent.map(({ body }) => body))
    for (const entries of asked)
      expect(new Set(entries.map(({ Id }) => Id)).size).toBe(entries.length)
  })

  test('are fewer where they are large, and one alone that is larger than all', async () => {
    const sent = messages([100_000, 100_000, 100_000, 900_000, 10])
    await sendMessages(url, sent)
    expect(bodies()).toEqual([
      [sent[0]?.body, sent[1]?.body],
      [sent[2]?.body],
      [sent[3]?.body],
      [sent[4]?.body],
    ])
  })

  test('are none at all without a request', async () => {
    await sendMessages(url, [])
    expect(asked).toEqual([])
  })

  test('have not been sent when the queue took only some', async () => {
    answer = { Failed: [{ Id: '1', Code: 'InternalError' }] }
    await expect(sendMessages(url, messages([1, 1]))).rejects.toThrow('SQS rejected 1 messages')
  })
})
