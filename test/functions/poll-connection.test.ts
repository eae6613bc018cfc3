import { doubt, type Failure, halt, retry } from '../../domain/failure.ts'
import type { Page, Window } from '../../domain/poll.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { type Checkpoint, pollConnection } from '../../functions/poll-connection/poll-connection.ts'
import type { Connection } from '../../schemas/settings.ts'
import { connectionTo } from '../support/connections.ts'
import { fakeSystem } from '../support/fake-system.ts'
import { memoryGate } from '../support/memory-guard.ts'
import { seconds, shop, start } from '../support/orders.ts'

const sweep = { everyMinutes: 5, overlapMinutes: 5, lagSeconds: 30 }

interface Options {
  readonly pages?: readonly (Result<Page, Failure> | 'queue fails')[]
  readonly checkpoint?: Checkpoint
  readonly connection?: Partial<Connection>
  readonly left?: number
}

function open({ pages = [], checkpoint, connection = { sweep }, left = 60_000 }: Options = {}) {
  const windows: Window[] = []
  const kept: Checkpoint[] = checkpoint ? [checkpoint] : []
  const queued: string[] = []
  let time = start
  const plan = [...pages]
  let queueFails = false
  const now = () => new Date(time)
  const { system, account } = fakeSystem({ safety: { by: 'key' }, now })
  const { gate, breakers } = memoryGate(account, now)
  const deps = {
    connection: connectionTo(shop, connection),
    connector: {
      title: system.title,
      sweep: async (_: unknown, window: Window): Promise<Result<Page, Failure>> => {
        windows.push(window)
        const page = plan.shift() ?? ok({ deliveries: [] })
        queueFails = page === 'queue fails'
        return page === 'queue fails' ? ok(page1) : page
      },
    },
    gate,
    checkpoints: {
      read: async () => kept.at(-1),
      write: async (next: Checkpoint) => {
        kept.push(JSON.parse(JSON.stringify(next)))
      },
    },
    enqueue: async (deliveries: Page['deliveries']) => {
      if (queueFails) throw new Error('the queue is down')
      queued.push(...deliveries.map(({ body }) => body))
    },
    clock: now,
    left: () => left,
  }
  return {
    deps,
    breakers,
    windows,
    kept,
    queued,
    at: (instant: string) => {
      time = instant
    },
  }
}

const page1: Page = { deliveries: [{ headers: {}, body: 'a' }], cursor: 'two' }
const page2: Page = { deliveries: [{ headers: {}, body: 'b' }] }

test('a window is closed, ends before now, and overlaps the previous one', async () => {
  const { deps, windows, kept } = open({ checkpoint: { upTo: seconds(-600) } })
  await pollConnection(deps)
  expect(windows).toEqual([{ from: seconds(-900), to: seconds(-30) }])
  expect(kept.at(-1)).toEqual({ upTo: seconds(-30) })
})

test('consecutive windows leave no gap', async () => {
  const { deps, windows, at } = open({ checkpoint: { upTo: seconds(-600) } })
  for (const minute of [0, 5, 10, 60]) {
    at(seconds(minute * 60))
    await pollConnection(deps)
  }
  for (const [i, { from }] of windows.entries()) {
    if (i > 0) expect(from <= (windows[i - 1]?.to ?? '')).toBe(true)
  }
})

test('every page is in the queue before the checkpoint moves', async () => {
  const { deps, windows, kept, queued } = open({
    pages: [ok(page1), ok(page2)],
    checkpoint: { upTo: seconds(-60) },
  })
  expect(await pollConnection(deps)).toEqual({ count: 2 })
  expect(queued).toEqual(['a', 'b'])
  expect(windows.map(({ cursor }) => cursor)).toEqual([undefined, 'two'])
  expect(kept).toHaveLength(2)
})

test('a queue that fails leaves the checkpoint where it was', async () => {
  const before = { upTo: seconds(-60) }
  const { deps, kept, queued } = open({ pages: [ok(page1), 'queue fails'], checkpoint: before })
  await expect(pollConnection(deps)).rejects.toThrow('the queue is down')
  expect(kept).toEqual([before])
  expect(queued).toEqual(['a'])
})

test.each([retry('unavailable'), doubt('odd'), halt('revoked')])(
  'a vendor that fails in the middle ($next) is asked for the same window, from the same page',
  async (failure) => {
    const before = { upTo: seconds(-60) }
    const { deps, windows, kept, at } = open({
      pages: [ok(page1), err(failure), ok(page2)],
      checkpoint: before,
    })
    expect(await pollConnection(deps)).toMatchObject({ count: 1, next: failure.next })
    expect(kept.at(-1)).toEqual({
      ...before,
      unfinished: { from: seconds(-360), to: seconds(-30), cursor: 'two' },
    })
    at(seconds(3600))
    expect(await pollConnection(deps)).toEqual({ count: 1 })
    expect(windows[2]).toEqual({ from: seconds(-360), to: seconds(-30), cursor: 'two' })
    expect(kept.at(-1)).toEqual({ upTo: seconds(-30) })
  },
)

test('a poll that runs out of time continues next time', async () => {
  const { deps, kept, windows } = open({
    pages: [ok(page1), ok(page2)],
    checkpoint: { upTo: seconds(-60) },
    left: 5_000,
  })
  expect(await pollConnection(deps)).toMatchObject({ count: 1 })
  expect(kept.at(-1)?.unfinished?.cursor).toBe('two')
  expect(kept.at(-1)?.upTo).toBe(seconds(-60))
  expect(await pollConnection(deps)).toEqual({ count: 1 })
  expect(windows).toHaveLength(2)
})

test('the first poll starts now, or where the settings say', async () => {
  const fresh = open()
  await pollConnection(fresh.deps)
  expect(fresh.windows).toEqual([{ from: seconds(-300), to: seconds(-30) }])

  const since = { ...sweep, since: '2026-11-01T00:00:00Z' }
  const old = open({ connection: { sweep: since } })
  await pollConnection(old.deps)
  expect(old.windows).toEqual([{ from: '2026-10-31T23:55:00.000Z', to: seconds(-30) }])
})

test('a failed first poll is repeated from its start', async () => {
  const { deps, windows, at } = open({ pages: [err(retry('unavailable'))] })
  await pollConnection(deps)
  at(seconds(86_400))
  await pollConnection(deps)
  expect(windows[1]?.from).toBe(seconds(-300))
  await pollConnection(deps)
  expect(windows[2]).toEqual({ from: seconds(-330), to: seconds(86_370) })
})

test('a system that cannot be polled is an exception', async () => {
  const { deps, kept } = open()
  const { sweep: _, ...connector } = deps.connector
  expect(await pollConnection({ ...deps, connector })).toEqual({
    count: 0,
    reason: 'Fake cannot be polled',
  })
  expect(kept).toEqual([])
})

test('a cursor that the vendor no longer accepts does not block polls for ever', async () => {
  const refused = err<Failure>({ next: 'except', code: 'effect-refused', reason: 'bad cursor' })
  const { deps, windows, kept } = open({
    pages: [refused],
    checkpoint: {
      upTo: seconds(-60),
      unfinished: { from: seconds(-90), to: seconds(-70), cursor: 'x' },
    },
  })
  expect(await pollConnection(deps)).toMatchObject({ next: 'except' })
  expect(kept.at(-1)?.unfinished).toEqual({ from: seconds(-90), to: seconds(-70) })
  await pollConnection(deps)
  expect(windows[1]).toEqual({ from: seconds(-90), to: seconds(-70) })
})

test('a run is skipped while the breaker is open, and a later one reads the same window', async () => {
  const { deps, windows, kept, at } = open({ pages: [err(halt('revoked'))] })
  expect(await pollConnection(deps)).toMatchObject({ next: 'halt' })
  const before = [...kept]
  expect(await pollConnection(deps)).toEqual({
    count: 0,
    reason: expect.stringContaining('is open (halted): revoked'),
  })
  expect(windows).toHaveLength(1)
  expect(kept).toEqual(before)
  at(seconds(60))
  expect(await pollConnection(deps)).toEqual({ count: 0 })
  expect(windows[1]).toEqual(windows[0])
})
