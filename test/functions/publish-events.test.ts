import { type Published, publishEvents } from '../../functions/publish-events/publish-events.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { Called } from '../../schemas/stored/called.ts'
import { type CommitRecord, commitName } from '../../schemas/stored/commit-record.ts'
import { lineOf, orderOf } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

/** The commits of one order's life, as the stream tells them. */
function commits(): readonly CommitRecord[] {
  const story = tellStory()
  const records: CommitRecord[] = []
  const keep = ({ events }: { readonly events: readonly OrderEvent[] }) => {
    const { id: orderId, connection } = story.state
    records.push({
      orderId,
      rev: records.length + 1,
      at: story.now,
      connection,
      events: [...events],
    })
  }
  keep(story.captured(orderOf({ lines: [lineOf({ quantity: 12 })] })))
  keep(story.did('create-order'))
  keep(story.did('release-order'))
  for (let i = 0; i < 12; i++) keep(story.shipped(`P${i}`, { MUG: 1 }))
  return records
}

const records = commits()
const all = records.flatMap(({ events }) => events)

/** What is asked of systems rides on what led to it. */
const onTheBus = ({ type }: { readonly type: string }) =>
  type !== 'stage.met' && type !== 'effect.requested'
const published = all.filter(onTheBus)

function bus(refuse: (sent: number) => boolean = () => false) {
  const taken: Published[] = []
  const sizes: number[] = []
  const measured: string[] = []
  const named: Called[] = []
  let sent = 0
  const deps = {
    name: async (called: readonly Called[]) => {
      named.push(...called)
    },
    put: async (events: readonly Published[]) => {
      sizes.push(events.length)
      return events.map((event) => {
        sent += 1
        if (refuse(sent)) return false
        taken.push(event)
        return true
      })
    },
    measure: async ({ type }: { readonly type: string }) => {
      measured.push(type)
    },
  }
  return { deps, taken, sizes, measured, named }
}

test('all events reach the bus in order, ten at a time; met stages are only counted', async () => {
  const { deps, taken, sizes, measured } = bus()
  expect(await publishEvents(records, deps)).toBe(records.length)
  expect(taken.map(({ type }) => type)).toEqual(published.map(({ type }) => type))
  expect(Math.max(...sizes)).toBe(10)
  expect(measured).toEqual(all.map(({ type }) => type))
})

test('an event names its order, commit and channel', async () => {
  const { deps, taken } = bus()
  await publishEvents(records, deps)
  expect(taken[0]?.detail).toMatchObject({
    orderId: 'shopify_demo-store_1001',
    commit: 'commit#000001',
    channel: 'shopify/demo-store',
    type: 'order.captured',
    requests: { 'netsuite/demo-erp': ['create-order'] },
  })
  expect(JSON.stringify(taken)).not.toContain('Recipient')
})

test('effects are published once per commit, by connection', async () => {
  const { deps, taken } = bus()
  await publishEvents(records, deps)
  const asked = taken.flatMap(({ detail }) =>
    Object.entries(Object(detail['requests'])).flatMap(([connection, intents]) =>
      [intents].flat().map((intentId) => `${detail['commit']} ${connection} ${intentId}`),
    ),
  )
  const requested = records.flatMap(({ rev, events }) =>
    events.flatMap((event) =>
      event.type === 'effect.requested'
        ? [`${commitName(rev)} ${event.connection} ${event.intentId}`]
        : [],
    ),
  )
  expect(requested.length).toBeGreaterThan(12)
  expect(asked.toSorted()).toEqual(requested.toSorted())
})

test('effects without a causing event are published as one event', async () => {
  const { deps, taken } = bus()
  const [first] = records
  if (!first) throw new Error('there is no commit')
  const request = first.events.find(({ type }) => type === 'effect.requested')
  if (request?.type !== 'effect.requested') throw new Error('nothing is asked')
  const erp = request.connection
  const again = [request, { ...request, intentId: 'amend-order' }]
  await publishEvents([{ ...first, events: again }], deps)
  expect(taken.map(({ type, detail }) => [type, detail['requests']])).toEqual([
    ['effect.requested', { [erp]: ['create-order', 'amend-order'] }],
  ])
})

test('the stream is retried from the first commit that was not fully accepted', async () => {
  const eventsOf = (some: typeof records) => some.flatMap(({ events }) => events)
  for (let nth = 1; nth <= published.length; nth++) {
    const { deps, measured } = bus((sent) => sent === nth)
    const done = await publishEvents(records, deps)
    const before = eventsOf(records.slice(0, done))
    const through = eventsOf(records.slice(0, done + 1))
    expect(before.filter(onTheBus).length).toBeLessThan(nth)
    expect(through.filter(onTheBus).length).toBeGreaterThanOrEqual(nth)
    expect(measured).toHaveLength(before.length)
  }
})

test('metrics are counted once, even if the bus fails', async () => {
  let failures = 7
  const { deps, measured } = bus((sent) => sent % 3 === 0 && failures-- > 0)
  let rest = records
  while (rest.length > 0) rest = rest.slice(await publishEvents(rest, deps))
  expect(measured).toEqual(all.map(({ type }) => type))
})

test('references are written before the event is published', async () => {
  const { deps, taken, named } = bus()
  const put = async (events: readonly Published[]) => {
    expect(named.map(({ reference }) => reference)).toContain('#1001')
    return deps.put(events)
  }
  await publishEvents(records, { ...deps, put })
  expect(taken.length).toBeGreaterThan(0)
  const orderId = records[0]?.orderId
  expect(named.slice(0, 3)).toEqual([
    { orderId, reference: '#1001' },
    { orderId, reference: 'netsuite/demo-erp#no of create-order' },
    { orderId, reference: 'shipbob/demo-wms#no of release-order' },
  ])
  const name = async () => {
    throw new Error('DynamoDB is down')
  }
  await expect(publishEvents(records, { ...bus().deps, name })).rejects.toThrow('down')
})

test('a bus that cannot be reached throws', async () => {
  const { deps } = bus()
  const put = async () => {
    throw new Error('EventBridge is down')
  }
  await expect(publishEvents(records, { ...deps, put })).rejects.toThrow('down')
  expect(await publishEvents([], deps)).toBe(0)
})
