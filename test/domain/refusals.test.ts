import fc from 'fast-check'
import { doubt, except, type Failure, halt, retry } from '../../domain/failure.ts'
import { execute } from '../../domain/order/commands.ts'
import { decide } from '../../domain/order/decide.ts'
import { isOver } from '../../domain/order/intents.ts'
import type { Policy } from '../../domain/order/policy.ts'
import { dueAt, releaseOf, statusOf, warehouseHolds } from '../../domain/order/state.ts'
import type { Command } from '../../schemas/api/command.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { tries } from '../support/laws.ts'
import { able, erp, lineOf, orderOf, seconds } from '../support/orders.ts'
import { type Story, tellStory } from '../support/story.ts'

/** Versions of an order whose total often misses its parts, mostly by the same cents. */
const version = fc
  .record({ minute: fc.nat(5), off: fc.constantFrom(0, 3, 3, -40), removed: fc.nat(2) })
  .map(({ minute, off, removed }): Order => {
    const order = orderOf({ version: seconds(minute * 60), lines: [lineOf({ removed })] })
    return {
      ...order,
      total: order.total + off,
      ...(minute === 5 && { cancelledAt: seconds(300) }),
    }
  })

const failure = fc.constantFrom<'done' | Failure>(
  'done',
  'done',
  'done',
  except('effect-refused', 'no'),
  except('money-mismatch', 'a cent'),
  except('already-fulfilled', 'it has left'),
  except('unmapped-code', 'no name'),
  doubt('no answer'),
  halt('revoked'),
  retry('busy'),
)

const nth = fc.nat(7)
const at = <T>(from: readonly T[], n: number): T | undefined => from[n % Math.max(1, from.length)]

type Step = (story: Story) => unknown

/** What people press who do not read what it says: anything, twice, too early and too late. */
const pressed = ([which, n]: readonly [number, number]): Step => {
  return ({ state, command }) => {
    const standing = at(Object.values(state.exceptions), which)
    const intentId = at(Object.keys(state.intents), which) ?? 'create-order'
    const { code, subject } = standing ?? { code: 'money-mismatch', subject: '' }
    const resolve = { do: 'resolve', code, subject, note: 'done' } as const
    const commands: readonly Command[] = [
      { ...resolve, resolution: 'post' },
      resolve,
      { do: 'retry' },
      { ...resolve, resolution: 'post' },
      { do: 'retry', intentId },
      { do: 'answer', intentId, answer: { type: 'refused', reason: 'no' } },
      { do: 'answer', intentId, answer: { type: 'not-done' } },
      { ...resolve, resolution: 'cancel' },
    ]
    const given = at(commands, n)
    if (given) command(given)
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: version.map(
      (order): Step =>
        (story) =>
          story.captured(order),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.record({ n: nth, end: failure }).map(
      ({ n, end }): Step =>
        (story) => {
          const { intents } = story.state
          const id = at(
            Object.keys(intents).filter((id) => intents[id]?.state === 'pending'),
            n,
          )
          if (id) story.claimed(id)
          if (id) story.outcome(id, end)
        },
    ),
  },
  { weight: 6, arbitrary: fc.tuple(nth, nth).map(pressed) },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((story) => story.command({ do: 'cancel', reason: 'x' })),
  },
  { weight: 1, arbitrary: fc.constant<Step>((story) => story.shipped('P1', { MUG: 1 })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('create-order', 'release-order', 'message').map(
      (subject): Step =>
        (story) =>
          story.tell({ type: 'dead-letter', connection: erp, subject, reason: 'it broke' }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(5, 70, 3700).map(
      (s): Step =>
        (story) =>
          story.pass(s),
    ),
  },
)

const life = fc.record({
  released: fc.boolean(),
  can: fc.subarray<EffectName>(['amend-order', 'amend-release', 'cancel-release', 'cancel-sale']),
  steps: fc.array(step, { minLength: 10, maxLength: 30, size: 'max' }),
})

/** Something that holds of an order after each step of each life. */
const law = (name: string, see: (state: OrderState, policy: Policy) => void) =>
  test(name, () => {
    fc.assert(
      fc.property(life, ({ released, can, steps }) => {
        const policy = able(...can)
        const story = tellStory(policy)
        if (released) story.released()
        else story.captured(orderOf({ lines: [lineOf()] }))
        for (const next of steps) {
          next(story)
          see(story.state, policy)
        }
      }),
      tries(200),
    )
  })

law('what a system refused stands as an exception that names it', ({ intents, exceptions }) => {
  const named = Object.values(exceptions).map(({ subject }) => subject)
  for (const [id, { state }] of Object.entries(intents)) {
    if (state === 'refused') expect(named).toContain(id)
  }
})

law('an order whose cancellation the warehouse has not heard of is on the desk', (state) => {
  if (!state.cancelRequestedAt || state.cancelledAt || !warehouseHolds(state)) return
  const release = releaseOf(state)?.state
  const asked = Object.values(state.intents).some(
    (intent) => intent.effect === 'cancel-release' && !isOver(intent),
  )
  const told = state.exceptions['cancelled-after-release'] !== undefined
  expect(release === 'sent' || release === 'doubt' || asked || told).toBe(true)
})

law('whatever was resolved, the order goes on, is over, or stands as something else', (state) => {
  if (dueAt(state) !== undefined || Object.keys(state.exceptions).length > 0) return
  expect(['complete', 'cancelled']).toContain(statusOf(state))
  for (const intent of Object.values(state.intents)) expect(isOver(intent)).toBe(true)
})

law('a command that the order does not allow says why, and what to do instead', (state, policy) => {
  const intentIds = Object.keys(state.intents)
  const commands: readonly Command[] = [
    { do: 'retry' },
    ...intentIds.map((intentId) => ({ do: 'retry', intentId }) as const),
    ...Object.values(state.exceptions).map(
      ({ code, subject }) => ({ do: 'resolve', code, subject, note: 'done' }) as const,
    ),
  ]
  for (const command of commands) {
    const fact = { type: 'command', id: 'c', by: 'x', command, at: seconds(0) } as const
    const executed = execute(state, fact)
    const { events } = decide(state, fact, policy)
    expect(executed.ok).toBe(events.length > 0)
    if (!executed.ok) {
      expect(JSON.stringify(executed.error)).not.toMatch(/undefined|""/)
      continue
    }
    // What may be tried again is asked for at once, if the order still calls for it.
    const asked = events.flatMap((event) =>
      event.type === 'effect.requested' || event.type === 'effect.withdrawn' ? event.intentId : [],
    )
    for (const event of events) {
      if (command.do === 'retry' && event.type === 'effect.woken')
        expect(asked).toContain(event.intentId)
    }
  }
})
