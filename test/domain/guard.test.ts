import { type Guard, guardOf } from '../../domain/effects/guard.ts'
import { perform } from '../../domain/effects/perform.ts'
import { except, type Failure, halt, retry } from '../../domain/failure.ts'
import type { CircuitBreakers } from '../../domain/ports.ts'
import { err, ok } from '../../domain/result.ts'
import { EffectHint } from '../../schemas/messages/effect-hint.ts'
import { fakeSystem, request } from '../support/fake-system.ts'
import { openLane } from '../support/lane.ts'
import { MemoryCircuitBreakers } from '../support/memory-circuit-breakers.ts'
import { erp, orderId, seconds, start } from '../support/orders.ts'

const hint = EffectHint.parse({ orderId, intentId: 'create-order', connection: erp })

/** A gate whose clock stands still unless it is told, and whose breakers count what is asked of them. */
function openGate() {
  let now = start
  const memory = new MemoryCircuitBreakers()
  const calls: string[] = []
  const counted = (name: 'glance' | 'load') => (connection: string) => {
    calls.push(name)
    return memory[name](connection)
  }
  const breakers: CircuitBreakers = {
    glance: counted('glance'),
    load: counted('load'),
    save: (connection, before, after) => {
      calls.push('save')
      return memory.save(connection, before, after)
    },
  }
  const gate = guardOf({
    breakers,
    account: fakeSystem({ safety: { by: 'key' }, now: () => new Date(now) }).account,
    limit: 4,
    leaseSeconds: 15,
    clock: () => new Date(now),
    random: () => 0,
    jitter: async () => {},
  })
  return {
    gate,
    memory,
    calls,
    at: (second: number) => {
      now = seconds(second)
    },
  }
}

async function passed(gate: Guard) {
  const passage = await gate.enter()
  if (!passage.passes) throw new Error(passage.reason)
  return passage
}

/** One message that asks the system and is told this; what the order learns of it. */
async function ask(gate: Guard, failure?: Failure) {
  const passage = await passed(gate)
  await passage.account.send(request)
  return passage.leave(failure ? err(failure) : ok('fine'))
}

async function openBreaker(gate: Guard): Promise<void> {
  for (let i = 0; i < 5; i++) await ask(gate, retry('unavailable'))
}

test('a healthy lane reads once per message and writes nothing', async () => {
  const { gate, calls } = openGate()
  for (let i = 0; i < 3; i++) expect(await ask(gate)).toEqual(ok('fine'))
  expect(calls).toEqual(['glance', 'glance', 'glance'])
})

test('behind an open breaker a message costs one read and gets a delay', async () => {
  const { gate, calls } = openGate()
  await openBreaker(gate)
  calls.length = 0
  expect(await gate.enter()).toEqual({
    passes: false,
    reason: 'the breaker of netsuite/demo-erp is open (outage): unavailable',
    seconds: 2,
  })
  expect(calls).toEqual(['glance'])
})

test('failures that are the message’s own count as its attempts, those of an outage do not', async () => {
  const { gate } = openGate()
  for (let i = 0; i < 4; i++) expect(await ask(gate, retry('no'))).toEqual(err(retry('no')))
  expect(await ask(gate, retry('no'))).toMatchObject({ error: { next: 'wait', seconds: 2 } })
})

test('a failure before any request says nothing about the system', async () => {
  const { gate, memory } = openGate()
  for (let i = 0; i < 4; i++) await ask(gate, retry('unavailable'))
  const passage = await passed(gate)
  await passage.leave(err(except('effect-refused', 'no such SKU')))
  expect(await memory.load(erp)).toMatchObject({ strikes: 4 })
  for (let i = 0; i < 9; i++) await (await passed(gate)).leave(err(retry('no document yet')))
  expect(await memory.load(erp)).toMatchObject({ state: 'closed', strikes: 4 })
})

test('a business problem is an answer: the system is there', async () => {
  const { gate, memory } = openGate()
  await ask(gate, retry('unavailable'))
  await ask(gate, except('effect-refused', 'no'))
  expect(await memory.load(erp)).toMatchObject({ state: 'closed', strikes: 0 })
})

test('unusable credentials open it and are reported once', async () => {
  const { gate, memory } = openGate()
  const [first, second] = [await passed(gate), await passed(gate)]
  expect(await first.leave(err(halt('no secret')))).toEqual(err(halt('no secret')))
  expect(await second.leave(err(halt('no secret')))).toMatchObject({ error: { next: 'wait' } })
  expect(await memory.load(erp)).toMatchObject({ state: 'open', why: 'halted' })
})

test('a probe without a request passes its place on', async () => {
  const { gate, at } = openGate()
  await openBreaker(gate)
  at(2)
  const passage = await passed(gate)
  expect(await gate.enter()).toMatchObject({ passes: false })
  await passage.cancel()
  expect(await gate.enter()).toMatchObject({ passes: true })
})

test('one of many messages passes when the pause is over', async () => {
  const { gate, at } = openGate()
  await openBreaker(gate)
  at(2)
  const all = await Promise.all(Array.from({ length: 6 }, () => gate.enter()))
  expect(all.filter(({ passes }) => passes)).toHaveLength(1)
})

test('behind an open breaker nothing is claimed, and the hint returns', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  for (let i = 0; i < 5; i++) await ask(lane.deps.gate, retry('unavailable'))
  const before = await lane.state()
  lane.queue.length = 0
  expect(await perform(hint, lane.deps)).toMatchObject({
    did: 'skipped: waiting for another effect',
  })
  expect(await lane.state()).toEqual(before)
  expect(lane.queue).toEqual([{ body: JSON.stringify(hint), from: Date.parse(seconds(2)) }])
  expect(lane.system.asked()).toBe(0)
})

test('a hint that has nothing to do holds no place', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  await lane.work()
  for (let i = 0; i < 5; i++) await ask(lane.deps.gate, retry('unavailable'))
  lane.pass(60)
  expect(await perform(hint, lane.deps)).toEqual({ did: 'skipped: already finished' })
  expect(await lane.breakers.load(erp)).toMatchObject({ state: 'half-open', places: [] })
})
