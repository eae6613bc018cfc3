import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { startTrial, type Trial } from './support/trial.ts'

describe("the laptop's cloud carries an order from the front door to the last lane", () => {
  let trial: Trial

  beforeAll(async () => {
    trial = await startTrial({
      mounts: (request, response) => {
        if (!request.url?.startsWith('/twins/')) return false
        response.end('a twin')
        return true
      },
    })
  })
  afterAll(() => trial.close())

  const item = async (id: string, sk: string) => {
    const Key = { pk: { S: id }, sk: { S: sk } }
    const command = new GetItemCommand({ TableName: trial.name('Ledger'), Key })
    return (await trial.dynamodb.send(command)).Item
  }

  test('through queue, table, stream, bus and lane', async () => {
    expect((await trial.webhook({ id: 'order-1' })).status).toBe(202)
    await trial.until('the posted order', () => item('order-1', 'posted'))
    await trial.quiet()
    expect((await item('order-1', 'count'))?.['times']?.N).toBe('1')
    const raw = { Bucket: trial.name('Raw'), Key: 'raw/order-1' }
    const stored = await trial.s3.send(new GetObjectCommand(raw))
    expect(await stored.Body?.transformToString()).toBe('{"id":"order-1"}')
  })

  test('with the records AWS would send', async () => {
    const record = JSON.parse((await item('order-1', 'head'))?.['record']?.S ?? '')
    expect(record).toMatchObject({
      body: '{"id":"order-1"}',
      attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'demo-store' },
      messageAttributes: {
        channel: {
          stringValue: 'shopify',
          dataType: 'String',
          stringListValues: [],
          binaryListValues: [],
        },
      },
      eventSource: 'aws:sqs',
      eventSourceARN: trial.arn('Intake'),
      awsRegion: 'us-east-1',
    })
  })

  test('captures embedded metrics and counts calls by function', async () => {
    expect(trial.cloud.metrics()[0]).toMatchObject({
      namespace: 'Trial',
      name: 'taken',
      dimensions: { stage: 'intake' },
      values: [1],
    })
    expect(trial.cloud.calls()).toContainEqual({
      caller: trial.name('Transform'),
      action: 'dynamodb:TransactWriteItems',
      resource: trial.arn('Ledger'),
      count: 1,
      items: 2,
      capacityUnits: 4,
    })
  })

  test('meters what AWS would bill: here the lines that Lambda writes itself, too', () => {
    const used = trial.cloud.usage()
    // A slow machine comes to its schedule meanwhile, whose function sends a message.
    const ticks = trial.happenings.filter(
      (one) => one.kind === 'invocation' && one.function === trial.name('Tick'),
    ).length
    expect(used).toMatchObject({
      'http-requests': 1,
      invocations: 4 + ticks,
      // Sent, received and deleted: on the intake queue, and on the lane.
      'queue-requests': 6 + ticks,
      events: 1,
      'write-units': 6,
      puts: 1,
    })
    expect(used['log-bytes']).toBeGreaterThan(450 * used.invocations)
    expect(used['gigabyte-seconds']).toBeGreaterThan(0)
  })

  test('starts a process once and uses it again', async () => {
    await trial.webhook({ id: 'order-2' })
    await trial.quiet()
    const received = trial.happenings.flatMap((happening) =>
      happening.kind === 'invocation' && happening.function === trial.name('Receive')
        ? [happening.cold]
        : [],
    )
    expect(received).toEqual([true, false])
  })

  test('gives a function the request as payload format 2.0', async () => {
    const url = `${trial.cloud.apiUrl}/webhooks/shopify/demo%20store?a=1&a=2&b=%C3%A9`
    const headers: [string, string][] = [
      ['x-echo', '1'],
      ['X-Signature', 'one'],
      ['x-signature', 'two'],
      ['content-type', 'application/json; charset=utf-8'],
      ['cookie', 'a=b; c=d'],
    ]
    const response = await fetch(url, { method: 'POST', headers, body: '{"ü":1}' })
    expect(await response.json()).toMatchObject({
      version: '2.0',
      routeKey: 'POST /webhooks/{channel}/{connection}',
      rawQueryString: 'a=1&a=2&b=%C3%A9',
      queryStringParameters: { a: '1,2', b: 'é' },
      pathParameters: { channel: 'shopify', connection: 'demo store' },
      cookies: ['a=b', 'c=d'],
      requestContext: { stage: '$default', http: { method: 'POST', sourceIp: '127.0.0.1' } },
      body: '{"ü":1}',
      isBase64Encoded: false,
    })
  })

  test('keeps the bytes of a body that is no text', async () => {
    const headers = { 'x-echo': '1', 'content-type': 'application/octet-stream' }
    const event = await (await trial.webhook('\u00ff{', headers)).json()
    expect(event).toMatchObject({
      isBase64Encoded: true,
      body: Buffer.from('\u00ff{').toString('base64'),
    })
  })

  test.each([
    ['an unknown route is not found', '/nowhere', {}, '', 404, 'Not Found'],
    ['a trailing slash is another route', '/webhooks/a/b/', {}, '', 404, 'Not Found'],
    [
      'a function that throws is a 500',
      '/webhooks/a/b',
      { 'x-throw': '1' },
      '',
      500,
      'Internal Server Error',
    ],
    [
      'a body above 10 MB is too large',
      '/webhooks/a/b',
      {},
      'x'.repeat(10 * 1024 * 1024 + 1),
      413,
      'Request Entity Too Large',
    ],
  ])('%s', async (_, path, headers, body, status, message) => {
    const url = trial.cloud.apiUrl + path
    const response = await fetch(url, { method: 'POST', headers: { ...headers }, body })
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ message })
  })

  test('lets a mount take a request before the API does', async () => {
    expect(await (await fetch(`${trial.cloud.apiUrl}/twins/x`)).text()).toBe('a twin')
  })
})

describe('few processes', () => {
  test('are enough for all functions, one after the other', async () => {
    const trial = await startTrial({ maxProcesses: 1, maxProcessesPerFunction: 1 })
    try {
      await Promise.all([1, 2, 3].map((number) => trial.webhook({ id: `order-${number}` })))
      await trial.quiet()
      expect(trial.happenings.filter(({ kind }) => kind === 'event').length).toBe(3)
      expect(Object.values(trial.cloud.processes()).flat().length).toBeLessThanOrEqual(1)
    } finally {
      await trial.close()
    }
  })
})

describe('a port that is taken', () => {
  test('is named', async () => {
    const trial = await startTrial()
    const port = Number(new URL(trial.cloud.apiUrl).port)
    try {
      await expect(startTrial({ port })).rejects.toThrow(`port ${port} is in use`)
    } finally {
      await trial.close()
    }
  })
})
