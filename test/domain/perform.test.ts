import fc from 'fast-check'
import type { Account } from '../../domain/account.ts'
import { closedBreaker } from '../../domain/effects/circuit-breaker.ts'
import type { Effect, Safety } from '../../domain/effects/effect.ts'
import { perform } from '../../domain/effects/perform.ts'
import { performAll } from '../../domain/effects/perform-all.ts'
import type { Performed } from '../../domain/effects/performed.ts'
import { readHints } from '../../domain/effects/read-hints.ts'
import { recordDeadHints } from '../../domain/effects/record-dead-hints.ts'
import { doubt, except, type Failure, retry, wait } from '../../domain/failure.ts'
import { after } from '../../domain/instant.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import type { Opened } from '../../domain/ports.ts'
import { err, ok } from '../../domain/result.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { EffectHint } from '../../schemas/messages/effect-hint.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import type { Mood } from '../support/fake-system.ts'
import { Crash, openLane } from '../support/lane.ts'
import { tries } from '../support/laws.ts'
import { erp, orderId, orderOf, seconds, wms } from '../support/orders.ts'

const safeties: readonly Safety[] = [
  { by: 'key' },
  { by: 'lookup', lagSeconds: 30 },
  { by: 'none' },
]
const hint = EffectHint.parse({ orderId, intentId: 'create-order', connection: erp })

test.each(safeties)('a healthy system gets one request (%j)', async (safety) => {
  const lane = await openLane({ safety })
  expect(await lane.work()).toEqual({ did: 'create-order' })
  expect(lane.system.made).toEqual(['made-1'])
  expect((await lane.intent())?.reference).toEqual({ id: 'made-1' })
  expect(lane.queue).toEqual([])
})

describe('after a restore of the ledger, which forgot what was done', () => {
  async function forgetful(safety: Safety, restoredAt: string) {
    const lane = await openLane({ safety })
    await lane.deps.system.effects['create-order']?.make(lane.deps.account, await lane.subject())
    lane.pass(60)
    return { lane, deps: { ...lane.deps, restoredAt } }
  }

  test('a system that can be asked is asked before anything is made', async () => {
    const { lane, deps } = await forgetful({ by: 'lookup', lagSeconds: 30 }, seconds(60))
    expect(await perform(hint, deps)).toEqual({ did: 'create-order' })
    expect(lane.system.made).toEqual(['made-1'])
  })

  test('one that cannot be asked waits for a person, whose answer holds', async () => {
    const { lane, deps } = await forgetful({ by: 'none' }, seconds(60))
    await perform(hint, deps)
    expect(lane.system.made).toEqual(['made-1'])
    expect(Object.keys((await lane.state()).exceptions)).toEqual(['in-doubt:create-order'])
    const answered = {
      type: 'answered',
      connection: erp,
      intentId: 'create-order',
      at: seconds(90),
      answer: { type: 'not-done' },
    } as const
    await recordFact({ id: orderId }, answered, lane.recording)
    lane.pass(60)
    await perform(hint, deps)
    expect(lane.system.made).toEqual(['made-1', 'made-2'])
  })

  test('an order that is younger is not looked for', async () => {
    const { lane, deps } = await forgetful({ by: 'lookup', lagSeconds: 30 }, seconds(-1))
    await perform(hint, deps)
    expect(lane.system.made).toEqual(['made-1', 'made-2'])
  })
})

test.each(safeties)('every further hint finds it done (%j)', async (safety) => {
  const lane = await openLane({ safety })
  await lane.work()
  for (let i = 0; i < 5; i++)
    expect(await perform(hint, lane.deps)).toEqual({ did: 'skipped: already finished' })
  expect(lane.system.asked()).toBe(1)
  expect(lane.queue).toEqual([])
})

describe.each(safeties)('at most one document, whatever goes wrong (%j)', (safety) => {
  test.each(['before', 'after'])('a worker that dies %s any step', async (side) => {
    const places = await stepsOf(safety)
    expect(places.length).toBeGreaterThan(5)
    for (let nth = 0; nth < places.length; nth++) {
      if (!places[nth]?.startsWith(side)) continue
      const lane = await openLane({ safety })
      let passed = 0
      lane.gate.pass = async () => {
        passed += 1
        if (passed === nth + 1) throw new Crash()
      }
      await lane.run()
      expect(lane.system.made.length).toBeLessThanOrEqual(1)
      const intent = await lane.intent()
      if (safety.by !== 'none') expect(intent?.state).toBe('done')
      if (intent?.state === 'done') expect(lane.system.made).toEqual([intent.reference?.id])
      else expect(Object.keys((await lane.state()).exceptions)).toContain('in-doubt:create-order')
    }
  })

  test('any sequence of moods, deaths and hints', async () => {
    const moods: fc.Arbitrary<Mood> = fc.constantFrom(
      'well',
      'commit-then-drop',
      'drop',
      'throttle',
      'unavailable',
      'refuse',
      'halt',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(moods, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
        fc.array(fc.nat(10), { maxLength: 3 }),
        async (planned, deaths, extra) => {
          const lane = await openLane({ safety })
          lane.system.moods.push(...planned)
          for (const _ of extra) lane.queue.push({ body: JSON.stringify(hint), from: 0 })
          let passed = 0
          lane.gate.pass = async () => {
            passed += 1
            if (deaths.includes(passed)) throw new Crash()
          }
          await lane.run(120)
          const intent = await lane.intent()
          expect(lane.system.made.length).toBeLessThanOrEqual(1)
          if (safety.by !== 'none') {
            expect(intent?.state).toBe('done')
            expect(lane.system.made).toEqual([intent?.reference?.id])
          }
        },
      ),
      tries(150),
    )
  })

  test('two concurrent workers, however their steps interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.constantFrom<Mood>('well', 'commit-then-drop'),
        async (s, mood) => {
          const lane = await openLane({ safety })
          lane.system.moods.push(mood)
          lane.gate.pass = (place) => s.schedule(Promise.resolve(), place)
          const both: Promise<Performed>[] = [perform(hint, lane.deps), perform(hint, lane.deps)]
          await s.waitFor(Promise.all(both))
          lane.gate.pass = async () => {}
          expect(lane.system.asked()).toBe(1)
          await lane.run()
          expect(lane.system.made).toHaveLength(1)
        },
      ),
      tries(60),
    )
  })
})

/** The places at which a worker of a well system can die, and where one that has to look can. */
async function stepsOf(safety: Safety): Promise<string[]> {
  const lane = await openLane({ safety })
  const places: string[] = []
  lane.gate.pass = async (place) => {
    places.push(place)
  }
  lane.system.moods.push('commit-then-drop')
  await lane.run()
  return places
}

test('a worker that was frozen past its lease does not send', async () => {
  const lane = await openLane({ safety: { by: 'key' }, find: 'always' })
  lane.gate.pass = async (place) => {
    if (place === 'before look') lane.pass(60)
  }
  expect(await lane.work()).toMatchObject({ did: 'tried create-order', next: 'retry' })
  expect(lane.system.asked()).toBe(0)
})

test('a frozen worker sends nothing that the index could not show by the end of its lease', async () => {
  const lane = await openLane({ safety: { by: 'lookup', lagSeconds: 30 }, find: 'always' })
  lane.gate.pass = async (place) => {
    if (place === 'before look') lane.pass(40)
  }
  expect(await lane.work()).toMatchObject({ did: 'tried create-order', next: 'retry' })
  expect((await lane.intent())?.leaseUntil).toBeUndefined()
  expect(lane.system.asked()).toBe(0)
})

test('a worker that is frozen between two writes of one effect does not send the second', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  const sent: string[] = []
  const make: Effect['make'] = async (account) => {
    const write = (url: string) => account.send({ kind: 'write', method: 'POST', url })
    await write('https://fake.example/customer')
    lane.pass(60)
    const second = await write('https://fake.example/order')
    return second.ok ? ok({ id: 'made' }) : second
  }
  const effect = lane.deps.system.effects['create-order']
  if (!effect) throw new Error('the fake system has no create-order')
  const system = { ...lane.deps.system, effects: { 'create-order': { ...effect, make } } }
  const account: Account = {
    ...lane.deps.account,
    send: async ({ url }) => {
      sent.push(url)
      return ok({ status: 200, headers: {}, body: '' })
    },
  }
  const enter = async () => ({
    passes: true as const,
    account,
    leave: async <T>(result: T) => result,
    cancel: async () => {},
  })
  const performed = await perform(hint, { ...lane.deps, system, account, gate: { enter } })
  expect(performed).toMatchObject({ next: 'doubt' })
  expect(sent).toEqual(['https://fake.example/customer'])
})

test('a lost answer is looked up only when the index can know', async () => {
  const lane = await openLane({ safety: { by: 'lookup', lagSeconds: 30 } })
  lane.system.moods.push('commit-then-drop')
  expect(await lane.work()).toMatchObject({ next: 'doubt' })
  expect(lane.queue).toMatchObject([{ from: Date.parse(seconds(30)) }])
  expect(await lane.work()).toEqual({ did: 'create-order' })
  expect(lane.system.asked()).toBe(1)
})

test('a vanished worker is followed only after the index lag', async () => {
  const lane = await openLane({ safety: { by: 'lookup', lagSeconds: 30 } })
  lane.gate.pass = async (place) => {
    if (place === 'before commit' && lane.system.asked() > 0) throw new Crash()
  }
  await lane.work()
  lane.gate.pass = async () => {}
  expect((await lane.intent())?.leaseUntil).toBe(seconds(45))
  await lane.run()
  expect(lane.system.asked()).toBe(1)
})

test('waiting is a new message, not a failed one', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  lane.system.moods.push('unavailable', 'throttle', 'halt')
  expect(await lane.work()).toMatchObject({ next: 'retry' })
  expect(await lane.work()).toMatchObject({ next: 'wait' })
  expect(lane.queue).toMatchObject([{ from: Date.parse(seconds(2 + 3)) }])
  expect(await lane.work()).toMatchObject({ next: 'halt' })
  expect(lane.queue).toHaveLength(1)
  expect(await lane.work()).toEqual({ did: 'create-order' })
})

test('an early hint is delayed for the rest of the time', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  lane.system.moods.push('unavailable')
  await lane.work()
  lane.queue.length = 0
  expect(await perform(hint, lane.deps)).toEqual({ did: 'skipped: not due yet' })
  expect(lane.queue).toMatchObject([{ from: Date.parse(seconds(2)) }])
})

test("the sweeper wakes waits longer than SQS's maximum delay", async () => {
  const lane = await openLane({ safety: { by: 'key' }, find: 'always' })
  lane.system.troubles.push(wait('the quota of the day is used up', 7200))
  await lane.work()
  expect(lane.queue).toEqual([])
  await lane.run()
  expect(lane.system.asked()).toBe(1)
})

describe('only one of many hints of one effect waits', () => {
  const copies = 6
  const sees = { did: 'skipped: effect already claimed' }

  const shutCircuitBreaker = {
    state: 'open',
    rev: 0,
    why: 'outage',
    reason: 'nobody answers',
    since: seconds(0),
    pauses: 1,
    until: seconds(600),
  } as const

  /** An order whose hint came several times, behind an open breaker for ten minutes. */
  async function behindCircuitBreaker() {
    const lane = await openLane({ safety: { by: 'key' } })
    await lane.breakers.save(erp, closedBreaker, shutCircuitBreaker)
    for (let i = 0; i < copies; i++) lane.queue.push({ body: JSON.stringify(hint), from: 0 })
    for (let i = 0; i <= copies; i++) await lane.work()
    return lane
  }

  test('behind a breaker', async () => {
    const lane = await behindCircuitBreaker()
    expect(lane.queue).toHaveLength(1)
    expect(await perform(hint, lane.deps)).toEqual(sees)
    await lane.run()
    expect(lane.system.asked()).toBe(1)
  })

  test('and one that comes just before another is the other', async () => {
    const lane = await behindCircuitBreaker()
    const [waiter] = lane.queue
    lane.pass(((waiter?.from ?? 0) - lane.deps.clock().getTime()) / 1000 - 1)
    expect(await perform(hint, lane.deps)).toMatchObject({
      did: 'skipped: waiting for another effect',
    })
    expect(lane.queue).toHaveLength(2)
    expect(await lane.work()).toEqual(sees)
    expect(lane.queue).toHaveLength(1)
  })

  test('and the sweeper asks again when that one is lost', async () => {
    const lane = await behindCircuitBreaker()
    lane.queue.length = 0
    await lane.run()
    expect(lane.system.asked()).toBe(1)
  })

  test('and it is known where it comes early, behind a breaker and when it is let in', async () => {
    const lane = await openLane({ safety: { by: 'lookup', lagSeconds: 30 } })
    const early = async () => {
      const [{ body } = { body: '' }] = lane.queue.splice(0)
      return perform(EffectHint.parse(JSON.parse(body)), lane.deps)
    }
    lane.system.moods.push('commit-then-drop')
    await lane.work()
    await lane.breakers.save(erp, await lane.breakers.load(erp), shutCircuitBreaker)
    for (let i = 0; i < 2; i++) {
      expect(await early()).toMatchObject({ did: 'skipped: waiting for another effect' })
    }
    await lane.breakers.save(erp, await lane.breakers.load(erp), closedBreaker)
    expect(await early()).toEqual({ did: 'skipped: not due yet' })
    expect(lane.queue).toMatchObject([{ from: Date.parse(seconds(30)) }])
    await lane.breakers.save(erp, await lane.breakers.load(erp), shutCircuitBreaker)
    expect(await early()).toMatchObject({ did: 'skipped: waiting for another effect' })
  })

  test('until a doubt can be looked at', async () => {
    const lane = await openLane({ safety: { by: 'lookup', lagSeconds: 30 } })
    lane.system.moods.push('commit-then-drop')
    await lane.work()
    for (let i = 0; i < copies; i++) expect(await perform(hint, lane.deps)).toEqual(sees)
    expect(lane.queue).toHaveLength(1)
  })

  test('while a worker has it, one that is new waits once, because that worker may be gone', async () => {
    const lane = await openLane({ safety: { by: 'key' } })
    const notYet = { did: 'skipped: not due yet' }
    lane.gate.pass = async (place) => {
      if (place !== 'before make') return
      lane.gate.pass = async () => {}
      for (let i = 0; i < copies; i++) expect(await perform(hint, lane.deps)).toEqual(notYet)
      // Those that come back to find another claim need not come again.
      const until = seconds(7)
      expect(await perform({ ...hint, until }, lane.deps)).toEqual(sees)
    }
    expect(await lane.work()).toEqual({ did: 'create-order' })
    expect(lane.queue).toHaveLength(copies)
    for (let i = 0; i < copies; i++) {
      expect(await lane.work()).toEqual({ did: 'skipped: already finished' })
    }
    expect(lane.queue).toEqual([])
  })

  test('and takes over from a worker that vanished when its claim ends, without the sweeper', async () => {
    const lane = await openLane({ safety: { by: 'key' } })
    lane.gate.pass = async (place) => {
      if (place === 'before make') throw new Crash()
    }
    expect(await lane.work()).toEqual({ did: 'crashed' })
    lane.gate.pass = async () => {}
    lane.queue.length = 0
    await perform(hint, lane.deps)
    expect(lane.queue).toHaveLength(1)
    expect(await lane.work()).toEqual({ did: 'create-order' })
  })

  test('and a worker that was overtaken leaves that to who has it now', async () => {
    const lane = await openLane({ safety: { by: 'lookup', lagSeconds: 30 } })
    lane.system.moods.push('commit-then-drop', 'unavailable')
    lane.gate.pass = async (place) => {
      if (place !== 'before make') return
      lane.gate.pass = async () => {}
      lane.pass(60)
      expect(await perform(hint, lane.deps)).toMatchObject({ next: 'doubt' })
    }
    expect(await lane.work()).toMatchObject({ next: 'retry' })
    expect(lane.queue).toHaveLength(1)
  })

  test('and one of an effect that is over does not wait for a breaker', async () => {
    const lane = await behindCircuitBreaker()
    const cancelled = orderOf({ version: seconds(60), cancelledAt: seconds(60) })
    const fact = { type: 'snapshot', order: cancelled, authority: 'body' } as const
    const at = seconds(60)
    await recordFact({ id: orderId }, { ...fact, receivedAt: at, at }, lane.recording)
    expect(await lane.work()).toEqual({ did: 'skipped: already finished' })
    expect(lane.queue).toEqual([])
  })
})

test('an order cancelled while its post was in doubt is not posted', async () => {
  const lane = await openLane({ safety: { by: 'lookup', lagSeconds: 30 } })
  lane.system.moods.push('drop')
  await lane.work()
  const order = orderOf({ version: seconds(60), cancelledAt: seconds(60) })
  const fact = {
    type: 'snapshot',
    order,
    authority: 'body',
    receivedAt: seconds(60),
    at: seconds(60),
  } as const
  await recordFact({ id: orderId }, fact, lane.recording)
  await lane.run()
  expect(lane.system.made).toEqual([])
  expect((await lane.intent())?.state).toBe('withdrawn')
})

test('what exists already and cannot be looked at is in doubt, not done without its reference', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  await lane.system.system.effects['create-order']?.make(lane.system.account, await lane.subject())
  lane.system.troubles.push(retry('unavailable'))
  expect(await lane.work()).toMatchObject({ next: 'doubt' })
  expect(await lane.work()).toEqual({ did: 'create-order' })
  expect((await lane.intent())?.reference).toEqual({ id: 'made-1' })
})

test('an effect that a system does not support is an exception', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  await perform(hint, { ...lane.deps, system: { ...lane.system.system, effects: {} } })
  const { exceptions } = await lane.state()
  expect(exceptions['effect-refused:create-order']?.reason).toBe(
    'Fake does not support create-order; do it there by hand',
  )
})

test('a hint for another connection is refused, and one that is no hint', () => {
  expect(readHints(JSON.stringify({ ...hint, connection: wms }), erp)).toMatchObject({ ok: false })
  expect(readHints('{"orderId":1}', erp)).toMatchObject({ ok: false })
  expect(readHints('[', erp)).toMatchObject({ ok: false })
  expect(readHints(JSON.stringify(hint), erp)).toEqual({ ok: true, value: [hint] })
  const event = JSON.stringify({ orderId, requests: { [wms]: ['release-order'] } })
  expect(readHints(event, erp)).toMatchObject({
    error: { reason: `a hint for ${wms} arrived in the lane of ${erp}` },
  })
})

test('an event asks a lane for what is meant for its connection, and for nothing else', () => {
  const requests = { [erp]: ['create-order', 'amend-order'], [wms]: ['release-order'] }
  const event = { type: 'order.amended', orderId, requests, traceparent: 'trace', connection: wms }
  expect(readHints(JSON.stringify(event), erp)).toEqual({
    ok: true,
    value: ['create-order', 'amend-order'].map((intentId) => ({
      orderId,
      intentId,
      connection: erp,
      traceparent: 'trace',
    })),
  })
})

test('a hint that waits for another effect checks at growing intervals', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  const busy = (state: OrderState | undefined): OrderState | undefined =>
    state && {
      ...state,
      intents: {
        ...state.intents,
        'amend-order': {
          effect: 'amend-order',
          connection: erp,
          state: 'sent',
          epoch: 1,
          attempts: 0,
          resends: 0,
          leaseUntil: after(state.seen?.version ?? '', 86_400),
        },
      },
    }
  const waits: number[] = []
  let body = JSON.stringify(hint)
  const deps = {
    ...lane.depsWith({
      load: async (id) => busy(await lane.recording.ledger.load(id)),
      open: async (id, purpose) => {
        const opened = await lane.recording.ledger.open(id, purpose)
        return { ...opened, state: busy(opened.state) }
      },
    }),
    again: async (again: string, seconds: number) => {
      body = again
      waits.push(seconds)
    },
  }
  for (let i = 0; i < 7; i++) await performAll(body, deps)
  expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60])
})

test('all effects in a message are performed one after another', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  const requests = { [erp]: ['create-order', 'no-such-intent'] }
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const body = JSON.stringify({ orderId, requests, traceparent })
  expect(await performAll(body, lane.deps)).toEqual({
    did: 'create-order, then skipped: already finished',
    orderId,
    traceparent,
  })
  expect((await lane.intent())?.state).toBe('done')
  expect(await performAll('{"orderId":1}', lane.deps)).toMatchObject({ did: 'nothing' })
})

test('a hint for an unknown intent ends', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  expect(await perform({ ...hint, intentId: 'cancel-order' }, lane.deps)).toEqual({
    did: 'skipped: already finished',
  })
  expect(lane.system.asked()).toBe(0)
})

test('a document that was replaced between the first look and the claim is read again', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  const made: number[] = []
  const effect = lane.system.system.effects['create-order']
  if (!effect) throw new Error('the fake system makes orders')
  const watched: Effect = {
    ...effect,
    make: (account, subject) => {
      made.push(subject.order.total)
      return effect.make(account, subject)
    },
  }
  const reads: number[] = []
  const stale = async (id: OrderId): Promise<Opened> => {
    const { state, order } = await lane.ledger.open(id)
    reads.push(reads.length)
    return { state, order: order && reads.length === 1 ? { ...order, total: 1 } : order }
  }
  await perform(hint, {
    ...lane.depsWith({ open: stale }),
    system: { ...lane.system.system, effects: { 'create-order': watched } },
  })
  expect(reads).toHaveLength(2)
  expect(made).toEqual([orderOf().total])
})

test("a dead hint's reason is recorded under its effect until that is done", async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  await recordDeadHints(JSON.stringify(hint), 'TypeError: x is not a function', lane.deps)
  await recordDeadHints('not a hint', 'whatever', lane.deps)
  const standing = async () => Object.keys((await lane.ledger.load(orderId))?.exceptions ?? {})
  expect(await standing()).toEqual(['dead-letter:create-order'])
  await lane.work()
  expect(await standing()).toEqual([])
})

/** A lane whose system needs several writes for an order, and refuses or holds the second. */
async function halfMadeBy(failure: Failure) {
  const lane = await openLane({ safety: { by: 'lookup', lagSeconds: 5 } })
  const asked: string[] = []
  const effect: Effect = {
    safety: { by: 'lookup', lagSeconds: 5 },
    find: 'in-doubt',
    look: async () => {
      asked.push('look')
      return ok(asked.includes('make') ? { id: 'draft', isHalfMade: true } : undefined)
    },
    make: async (account) => {
      asked.push('make')
      await account.send({ kind: 'write', method: 'POST', url: 'https://fake.example/order' })
      return err(failure)
    },
    finish: async (_, __, { id }) => {
      asked.push('finish')
      return ok({ id })
    },
  }
  Object.assign(lane.deps, { system: { title: 'Fake', effects: { 'create-order': effect } } })
  await lane.work()
  return { lane, asked }
}

test('what was refused after a first write is looked up and finished when a person has it tried again', async () => {
  const { lane, asked } = await halfMadeBy(except('effect-refused', 'no such article'))
  const command = { do: 'retry' } as const
  const retried = { type: 'command', id: 'c1', by: 'a-person', at: seconds(60), command } as const
  lane.pass(60)
  await recordFact({ id: orderId }, retried, lane.recording)
  await perform(hint, lane.deps)
  expect(asked).toEqual(['make', 'look', 'finish'])
})

test('a half-made document of a cancelled order is left to a person', async () => {
  const { lane, asked } = await halfMadeBy(doubt('no answer'))
  const command = { do: 'cancel', reason: 'changed their mind' } as const
  const cancelled = { type: 'command', id: 'c1', by: 'a-person', at: seconds(1), command } as const
  await recordFact({ id: orderId }, cancelled, lane.recording)
  lane.pass(60)
  await perform(hint, lane.deps)
  expect(asked).toEqual(['make', 'look'])
  const { exceptions } = await lane.state()
  expect(exceptions['in-doubt:create-order']?.reason).toContain('created it in part')
})
