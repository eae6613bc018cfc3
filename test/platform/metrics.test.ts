import { z } from 'zod'
import { measureIn } from '../../platform/telemetry/measure.ts'
import { count } from '../../platform/telemetry/metrics.ts'
import { CommitRecord } from '../../schemas/stored/commit-record.ts'
import { orderOf } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

let down = ''
const measure = measureIn('Crossdock/test', async (connection) => connection === down)

/** CloudWatch's own JSON schema of the format, in as far as it constrains what we write. */
const Metric = z.looseObject({
  _aws: z.strictObject({
    Timestamp: z.int().positive(),
    CloudWatchMetrics: z
      .array(
        z.strictObject({
          Namespace: z.literal('Crossdock/test'),
          Dimensions: z.array(z.array(z.string().min(1).max(250)).min(1).max(30)).min(1),
          Metrics: z
            .array(z.strictObject({ Name: z.string().min(1), Unit: z.literal('Count') }))
            .length(1),
        }),
      )
      .length(1),
  }),
})

/** What is written to standard output meanwhile. */
async function written(work: () => unknown): Promise<readonly string[]> {
  const { write } = process.stdout
  const lines: string[] = []
  process.stdout.write = (text: string | Uint8Array) => lines.push(String(text)) > 0
  try {
    await work()
  } finally {
    process.stdout.write = write
  }
  return lines
}

test('what people watch is written as metrics that CloudWatch can read, each on one line', async () => {
  const story = tellStory()
  story.captured(orderOf({ test: true }))
  story.pass(100_000)
  const { state, events, now } = story
  const record = CommitRecord.parse({
    orderId: state.id,
    rev: 1,
    at: now,
    connection: state.connection,
    events,
  })
  const lines = await written(async () => {
    for (const event of record.events) await measure(event, record)
  })
  const named = lines.map((line) => {
    expect(line.indexOf('\n')).toBe(line.length - 1)
    const json: unknown = JSON.parse(line)
    const metric = Metric.parse(json)
    const [{ Dimensions = [], Metrics = [] } = {}] = metric._aws.CloudWatchMetrics
    for (const name of Dimensions.flat()) expect(typeof metric[name]).toBe('string')
    const name = Metrics[0]?.Name ?? ''
    return [name, metric[name], ...Dimensions.flat().map((dimension) => metric[dimension])]
  })
  expect(named).toEqual([
    ['OrdersCaptured', 1, 'shopify/demo-store'],
    ['StageMissed', 0, 'shopify/demo-store', 'captured'],
    ['ExceptionRaised', 1, 'test-order'],
    ['StageMissed', 1, 'shopify/demo-store', 'accepted'],
    ['ExceptionRaised', 1, 'overdue'],
  ])
})

test('a stage of one of many parcels counts under the stage’s own name', async () => {
  const story = tellStory().released()
  story.shipped('P1', { MUG: 2, PLATE: 1 })
  story.did('post-shipment:P1')
  const { events } = story.did('confirm-shipment:P1')
  const { state, now } = story
  const record = CommitRecord.parse({
    orderId: state.id,
    rev: 9,
    at: now,
    connection: state.connection,
    events,
  })
  const lines = await written(async () => {
    for (const event of record.events) await measure(event, record)
  })
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { StageMissed: 0, Stage: 'confirmed' },
  ])
})

test('what is not there is not counted: a metric costs something in every hour in which it has a point', async () => {
  const dimensions = { Connection: 'shopify/demo-store' }
  const lines = await written(() =>
    count({ name: 'ListingsWaiting', dimensions, value: 0 }, 'Crossdock/test'),
  )
  expect(lines).toEqual([])
})

test('what waits for a system that is down is counted where no alarm looks, and what waits for another is not', async () => {
  const story = tellStory()
  story.captured(orderOf({}))
  const posted = story.state.intents['create-order']?.connection ?? ''
  story.pass(100_000)
  const { state, events, now } = story
  const record = CommitRecord.parse({
    orderId: state.id,
    rev: 1,
    at: now,
    connection: state.connection,
    events,
  })
  const missed = record.events.filter(({ type }) => type === 'stage.missed')
  expect(missed).toMatchObject([{ stage: 'accepted', waitedFor: posted }])
  const countedWhile = async (system: string) => {
    down = system
    const lines = await written(async () => {
      for (const event of missed) await measure(event, record)
    })
    down = ''
    return lines.map((line) => JSON.parse(line)._aws.CloudWatchMetrics[0].Metrics[0].Name)
  }
  expect(await countedWhile(posted)).toEqual(['StageMissedInOutage'])
  expect(await countedWhile('netsuite/another')).toEqual(['StageMissed'])
})
