import { type Published, publishEvents } from '../../functions/publish-events/publish-events.ts'
import { lineOf, orderOf } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

/** The commits of one order's life, as the stream shows them. */
function commits(): readonly Record<string, unknown>[] {
  const story = tellStory()
  const images: Record<string, unknown>[] = []
  const keep = ({ events }: { readonly events: readonly unknown[] }) => {
    const sk = `commit#${String(images.length + 1).padStart(6, '0')}`
    images.push({
      pk: story.state.id,
      sk,
      at: story.now,
      connection: story.state.connection,
      events,
    })
  }
  keep(story.captured(orderOf({ lines: [lineOf({ quantity: 12 })] })))
  keep(story.did('create-order'))
  keep(story.did('release-order'))
  for (let i = 0; i < 12; i++) keep(story.shipped(`P${i}`, { MUG: 1 }))
  return images
}

const images = commits()
const all = images.flatMap(({ events }) => events as readonly { type: string }[])

const onTheBus = ({ type }: { readonly type: string }) => type !== 'stage.met'
const published = all.filter(onTheBus)

function bus(refuse: (sent: number) => boolean = () => false) {
  const taken: Published[] = []
  const sizes: number[] = []
  const measured: string[] = []
  let sent = 0
  const deps = {
    put: async (events: readonly Published[]) => {
      sizes.push(events.length)
      return events.map((event) => {
        sent += 1
        if (refuse(sent)) return false
        taken.push(event)
        return true
      })
    },
    measure: ({ type }: { readonly type: string }) => {
      measured.push(type)
    },
  }
  return { deps, taken, sizes, measured }
}

test('every event of every commit reaches the bus in order, ten at a time; what ended in time is only counted', async () => {
  const { deps, taken, sizes, measured } = bus()
  expect(await publishEvents(images, deps)).toBe(images.length)
  expect(taken.map(({ type }) => type)).toEqual(published.map(({ type }) => type))
  expect(Math.max(...sizes)).toBe(10)
  expect(measured).toEqual(all.map(({ type }) => type))
})

test('an event says which order, commit and channel it is of, and who it is for', async () => {
  const { deps, taken } = bus()
  await publishEvents(images, deps)
  const request = taken.find(({ type }) => type === 'effect.requested')
  expect(request?.detail).toMatchObject({
    orderId: 'shopify_demo-store_1001',
    commit: 'commit#000001',
    channel: 'shopify/demo-store',
    connection: 'netsuite/demo-erp',
    intentId: 'create-order',
    effect: 'create-order',
  })
  expect(JSON.stringify(taken)).not.toContain('Recipient')
})

test('from the first commit that is not wholly taken, the stream comes again', async () => {
  const eventsOf = (some: typeof images) =>
    some.flatMap(({ events }) => events as readonly { type: string }[])
  for (let nth = 1; nth <= published.length; nth++) {
    const { deps, measured } = bus((sent) => sent === nth)
    const done = await publishEvents(images, deps)
    const before = eventsOf(images.slice(0, done))
    const through = eventsOf(images.slice(0, done + 1))
    expect(before.filter(onTheBus).length).toBeLessThan(nth)
    expect(through.filter(onTheBus).length).toBeGreaterThanOrEqual(nth)
    expect(measured).toHaveLength(before.length)
  }
})

test('what is counted, is counted once, though the bus fails now and then', async () => {
  let failures = 7
  const { deps, measured } = bus((sent) => sent % 3 === 0 && failures-- > 0)
  let rest = images
  while (rest.length > 0) rest = rest.slice(await publishEvents(rest, deps))
  expect(measured).toEqual(all.map(({ type }) => type))
})

test('a bus that cannot be reached throws, and a record that is none of ours too', async () => {
  const { deps } = bus()
  const put = async () => {
    throw new Error('EventBridge is down')
  }
  await expect(publishEvents(images, { ...deps, put })).rejects.toThrow('down')
  await expect(publishEvents([{ pk: 'x' }], deps)).rejects.toThrow()
  expect(await publishEvents([], deps)).toBe(0)
})
