import fc from 'fast-check'
import { doubt, except, type Failure, halt, ignore, retry, wait } from '../../domain/failure.ts'
import { applyConsequences } from '../../domain/order/apply-consequences.ts'
import { isBlocked } from '../../domain/order/claims.ts'
import { execute } from '../../domain/order/commands.ts'
import { type Decision, decide } from '../../domain/order/decide.ts'
import type { Fact } from '../../domain/order/facts.ts'
import { isOver } from '../../domain/order/intents.ts'
import { toDeliver, toShip } from '../../domain/order/lines.ts'
import type { Policy } from '../../domain/order/policy.ts'
import {
  desiredDigest,
  dueAt,
  isAccepted,
  isOutdated,
  releaseOf,
  statusOf,
  unknownOrder,
  warehouseHolds,
} from '../../domain/order/state.ts'
import { err, ok } from '../../domain/result.ts'
import type { Answer, Command } from '../../schemas/api/command.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { EffectName, OrderEvent } from '../../schemas/events/order-event.ts'
import { CommitRecord } from '../../schemas/stored/commit-record.ts'
import { type LedgerLine, OrderState } from '../../schemas/stored/order-state.ts'
import { tries } from '../support/laws.ts'
import { able, erp, orderId, parcelOf, seconds, shop, wms } from '../support/orders.ts'
import { versionsOf } from '../support/versions.ts'

/** A step names its fact before the state is known: which intent and which version are picked by position. */
type Step = (
  state: OrderState,
  versions: readonly Order[],
) => Fact extends infer F ? (F extends Fact ? Omit<F, 'at'> : never) : never

/** Mostly one of those in this state, so that walks get somewhere. */
function intentAt({ intents }: OrderState, place: number, wanted: 'pending' | 'sent'): string {
  const ids = Object.keys(intents)
  const some = ids.filter((id) => intents[id]?.state === wanted)
  const among = some.length > 0 && place % 5 > 0 ? some : ids
  return among[place % Math.max(1, among.length)] ?? 'create-order'
}

const failure: fc.Arbitrary<Failure> = fc.constantFrom(
  retry('busy'),
  wait('slow down', 30),
  doubt('no answer'),
  halt('revoked'),
  ignore('so already'),
  except('effect-refused', 'no'),
  except('missing-sku', 'no sku there'),
  except('money-mismatch', 'the parts add up to 28.00 USD, the channel says 29.00 USD'),
)

const places = fc.nat(30)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ place: places, authority: fc.constantFrom('body' as const, 'fetched' as const) })
      .map(
        ({ place, authority }): Step =>
          (_, versions) => ({
            type: 'snapshot',
            order: versions[place % versions.length] as Order,
            authority,
            receivedAt: seconds(0),
          }),
      ),
  },
  {
    weight: 5,
    arbitrary: places.map(
      (place): Step =>
        (state) => ({
          type: 'claim',
          intentId: intentAt(state, place, 'pending'),
          leaseSeconds: 15,
        }),
    ),
  },
  {
    weight: 5,
    arbitrary: fc
      .record({
        place: places,
        stale: fc.nat(5),
        during: fc.constantFrom('look' as const, 'make' as const),
        result: fc.oneof(
          { weight: 3, arbitrary: fc.constant(ok({ id: '77' })) },
          { weight: 2, arbitrary: failure.map((f) => err(f)) },
        ),
        lagSeconds: fc.constantFrom(0, 30, undefined),
      })
      .map(
        ({ place, stale, ...rest }): Step =>
          (state) => {
            const intentId = intentAt(state, place, 'sent')
            const { epoch = 1 } = state.intents[intentId] ?? {}
            return { type: 'outcome', intentId, epoch: stale === 0 ? epoch - 1 : epoch, ...rest }
          },
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        id: fc.constantFrom('P1', 'P2', 'P3'),
        units: fc.dictionary(
          fc.constantFrom('MUG', 'PLATE', 'SPOON'),
          fc.integer({ min: 1, max: 5 }),
          {
            minKeys: 1,
          },
        ),
        from: fc.constantFrom(wms, wms, wms, shop),
      })
      .map(
        ({ id, units, from }): Step =>
          () => ({
            type: 'shipped',
            connection: from,
            shipment: parcelOf(id, units),
          }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('checking', 'out of stock').map(
      (reason): Step =>
        () => ({ type: 'held', connection: wms, reason }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        'unreadable-payload' as const,
        'money-mismatch' as const,
        'order-not-found' as const,
      )
      .map(
        (code): Step =>
          () => ({ type: 'unreadable', connection: shop, code, reason: 'odd' }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('create-order', 'release-order', 'message').map(
      (subject): Step =>
        () => ({ type: 'dead-letter', connection: erp, subject, reason: 'it broke' }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ since: fc.nat(3), held: fc.boolean() }).map(
      ({ since, held }): Step =>
        () =>
          held
            ? { type: 'held', connection: wms, reason: 'checking', since: seconds(since) }
            : { type: 'resumed', connection: wms, since: seconds(since) },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ since: fc.nat(3), quantity: fc.nat(3) }).map(
      ({ since, quantity }): Step =>
        () => ({
          type: 'backordered',
          connection: wms,
          since: seconds(since),
          lines: [{ sku: 'MUG', quantity }],
        }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        place: places,
        answer: fc.constantFrom<Answer>(
          { type: 'done', reference: { id: '78' } },
          { type: 'refused', reason: 'never' },
          { type: 'not-done' },
        ),
      })
      .map(
        ({ place, answer }): Step =>
          (state) => {
            const intentId = intentAt(state, place, 'sent')
            const connection = state.intents[intentId]?.connection ?? erp
            return { type: 'answered', connection, intentId, answer }
          },
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ place: places, id: fc.nat(1_000_000), line: fc.nat(2), units: fc.nat(2) })
      .map(
        ({ place, id, line, units }): Step =>
          (state) => ({
            type: 'command',
            id: `c${id}`,
            by: 'somebody',
            command: commandAt(state, { place, line, units }),
          }),
      ),
  },
  { weight: 3, arbitrary: fc.constant<Step>(() => ({ type: 'deadline' })) },
)

interface Whim {
  readonly place: number
  readonly line: number
  readonly units: number
}

/** A command that has something to bite on, mostly. */
function commandAt(state: OrderState, { place, line, units }: Whim): Command {
  const standing = Object.values(state.exceptions)
  const { code = 'overdue', subject = '' } = standing[place % Math.max(1, standing.length)] ?? {}
  const { id = '1' } = state.lines[line] ?? {}
  const commands: readonly Command[] = [
    { do: 'hold', reason: 'wait' },
    { do: 'resume', reason: 'go on' },
    { do: 'cancel', reason: 'sorry', lines: [{ id, quantity: units + 1 }] },
    { do: 'retry' },
    { do: 'retry', intentId: intentAt(state, place, 'pending') },
    { do: 'resolve', code, subject, note: 'done' },
    { do: 'resolve', code, subject, note: 'done' },
    { do: 'resolve', code, subject, note: 'done', resolution: 'post' },
    { do: 'resolve', code, subject, note: 'done', resolution: units === 0 ? 'cancel' : 'post' },
    ...(place === 0 ? [{ do: 'cancel', reason: 'sorry' } as const] : []),
  ]
  return commands[place % commands.length] as Command
}

const walk = fc.record({
  versions: versionsOf({ most: 4 }),
  /** The step at which the settings learn a route; mostly they have always had it. */
  routedFrom: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(40)),
  /** What the systems can do besides the least. */
  can: fc.subarray<EffectName>([
    'accept-order',
    'amend-order',
    'amend-release',
    'cancel-release',
    'cancel-sale',
  ]),
  steps: fc.array(
    fc.record({
      step,
      after: fc.oneof(
        { weight: 6, arbitrary: fc.nat(20) },
        { weight: 1, arbitrary: fc.integer({ min: 60, max: 200_000 }) },
      ),
    }),
    { minLength: 30, maxLength: 80, size: 'max' },
  ),
})

type Walk = typeof walk extends fc.Arbitrary<infer W> ? W : never

interface Taken {
  readonly before: OrderState
  readonly fact: Fact
  readonly decision: Decision
  readonly policy: Policy
}

/** Walks, and shows each step to `see`. The state goes through JSON after each, as it does in the table. */
function along(
  { versions, steps, routedFrom, can }: Walk,
  see: (taken: Taken) => void,
): OrderEvent[] {
  let before = unknownOrder(orderId)
  let now = 0
  const events: OrderEvent[] = []
  for (const [i, { step: next, after }] of steps.entries()) {
    now += after
    const policy = i < routedFrom ? { ...able(...can), route: () => undefined } : able(...can)
    // The walk adds the instant that `Step` leaves out.
    const fact = { ...next(before, versions), at: seconds(now) } as Fact
    const decision = decide(before, fact, policy)
    see({ before, fact, decision, policy })
    events.push(...decision.events)
    before = rounded(decision.after)
  }
  return events
}

const rounded = (state: OrderState): OrderState =>
  OrderState.parse(JSON.parse(JSON.stringify(state)))

let walked = 0

/** A law that holds at every step of every walk. */
const law = (name: string, see: (taken: Taken) => void) =>
  test(name, () => {
    fc.assert(
      fc.property(walk, (w) => {
        along(w, (taken) => {
          walked += 1
          see(taken)
        })
      }),
      tries(30),
    )
  })

law(
  'every reachable state can be read again, and the same follows from what was read',
  ({ before, fact, decision, policy }) => {
    expect(rounded(decision.after)).toEqual(JSON.parse(JSON.stringify(decision.after)))
    const again = decide(rounded(before), fact, policy)
    expect(JSON.stringify(again)).toBe(JSON.stringify(decision))
  },
)

law('every event can be published', ({ decision: { events, after } }) => {
  const record = {
    orderId: after.id,
    rev: 1,
    at: seconds(0),
    connection: after.connection,
    events,
  }
  expect(CommitRecord.parse(JSON.parse(JSON.stringify(record)))).toEqual(
    JSON.parse(JSON.stringify(record)),
  )
})

law('quantities are conserved', ({ decision: { after } }) => {
  for (const line of after.lines) {
    for (const quantity of [line.cancelled, line.refunded, line.shipped, line.backordered]) {
      expect(quantity).toBeGreaterThanOrEqual(0)
    }
    // Each unit is cancelled, shipped, the channel's own, or still to ship, and never two of these.
    if (line.shippable) {
      const own = toDeliver(line) - line.shipped - toShip(line)
      expect(own).toBeGreaterThanOrEqual(0)
      expect(own).toBeLessThanOrEqual(line.assignedToChannel)
    }
    expect(line.shipped).toBeLessThanOrEqual(toDeliver(line))
    expect(line.shipped).toBeLessThanOrEqual(line.released)
    expect(line.backordered).toBeLessThanOrEqual(toShip(line))
    const packed = Object.values(after.shipments)
      .flatMap((shipment) => shipment.lines)
      .filter(({ id }) => id === line.id)
    expect(packed.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(line.shipped)
  }
})

law(
  'what the channel took back is cancelled or refunded, whichever line of a SKU it was',
  ({ decision: { after } }) => {
    const sum = (count: (line: LedgerLine) => number, sku: string | undefined) =>
      after.lines.filter((line) => line.sku === sku).reduce((units, line) => units + count(line), 0)
    for (const { sku } of after.lines.filter((line) => line.sku !== undefined)) {
      const removed = sum((line) => Math.min(line.removed, line.ordered), sku)
      expect(sum((line) => line.cancelled + line.refunded, sku)).toBeGreaterThanOrEqual(removed)
      if (after.cancelledAt || after.lines.some((line) => line.cancelledHere > 0)) continue
      expect(sum((line) => line.cancelled + line.refunded, sku)).toBe(removed)
    }
  },
)

law('the same fact twice changes nothing', ({ fact, policy, decision: { after, events, ask } }) => {
  const again = decide(after, fact, policy)
  expect(again.events).toEqual([])
  if (events.length > 0) expect(again.ask).toBeUndefined()
  else expect(again.ask).toBe(ask)
})

law(
  'nothing follows from a resolved state but by time',
  ({ fact, policy, decision: { after, events } }) => {
    if (events.length > 0) expect(applyConsequences(after, fact.at, policy).events).toEqual([])
  },
)

law(
  'epochs only grow, and an outcome of another epoch changes nothing',
  ({ before, fact, decision }) => {
    for (const [id, intent] of Object.entries(before.intents)) {
      expect(decision.after.intents[id]?.epoch).toBeGreaterThanOrEqual(intent.epoch)
    }
    if (fact.type === 'outcome' && fact.epoch !== before.intents[fact.intentId]?.epoch) {
      expect(decision.events).toEqual([])
    }
  },
)

law(
  'what is done stays done, and what is cancelled stays cancelled',
  ({ before, decision: { after } }) => {
    for (const [id, intent] of Object.entries(before.intents)) {
      if (intent.state === 'done') expect(after.intents[id]?.state).toBe('done')
      const ends = after.intents[id]?.state
      // Only a parcel proves that a release which we gave up was taken after all.
      if (intent.state === 'withdrawn' && intent.effect !== 'release-order')
        expect(ends).toBe('withdrawn')
    }
    if (before.cancelledAt) expect(after.cancelledAt).toBe(before.cancelledAt)
    for (const id of Object.keys(before.shipments)) expect(after.shipments[id]).toBeDefined()
  },
)

law(
  'of each effect on an order, and of each parcel, at most one is not over',
  ({ decision: { after } }) => {
    const open = Object.entries(after.intents).filter(([, intent]) => !isOver(intent))
    const about = open.map(([, { effect, shipmentId = '' }]) => `${effect}:${shipmentId}`)
    expect(new Set(about).size).toBe(about.length)
    for (const [id, { effect }] of Object.entries(after.intents)) {
      expect(id === effect || id.startsWith(`${effect}:`)).toBe(true)
    }
  },
)

law(
  'what a system has is what stands, or it is being told, or somebody is',
  ({ decision: { after }, policy }) => {
    if (after.cancelledAt || after.cancelRequestedAt || !after.route) return
    const codes = Object.values(after.exceptions).map(({ code }) => code)
    const open = Object.values(after.intents).filter((intent) => !isOver(intent))
    if (
      after.acknowledged.erp !== undefined &&
      after.acknowledged.erp !== desiredDigest(after, 'erp')
    ) {
      const told = open.some(({ effect }) => effect === 'amend-order')
      const parked = isBlocked(after, { effect: 'amend-order' })
      expect(told || parked || codes.includes('amended-after-posting')).toBe(true)
    }
    if (isOutdated(after)) {
      const told = open.some(
        ({ effect }) => effect === 'amend-release' || effect === 'cancel-release',
      )
      const parked =
        policy.can(wms, 'amend-release') && isBlocked(after, { effect: 'amend-release' })
      expect(told || parked || codes.includes('amended-after-release')).toBe(true)
    }
  },
)

law(
  'nothing is newly sent that is blocked, cancelled or too early',
  ({ before, fact, decision }) => {
    const sent = decision.events.find((event) => event.type === 'effect.sent')
    if (!sent || fact.type !== 'claim') return
    const intent = before.intents[sent.intentId]
    expect(intent && intent.state === 'pending' && isBlocked(before, intent)).toBe(false)
    expect((intent?.notBefore ?? '') <= fact.at).toBe(true)
    expect((intent?.leaseUntil ?? '') <= fact.at).toBe(true)
    if (intent?.state === 'pending' && before.cancelledAt) {
      expect(['create-order', 'release-order', 'accept-order']).not.toContain(intent.effect)
    }
    if (intent?.effect === 'release-order') expect(isAccepted(before)).toBe(true)
    if (intent?.state !== 'pending') expect(sent.look).toBe(true)
  },
)

law('after the sweeper came, nothing is due', ({ fact, decision: { after } }) => {
  if (fact.type === 'deadline') expect((dueAt(after) ?? '~') >= fact.at).toBe(true)
})

law(
  'nothing is in limbo: it is over, has a deadline, or stands as an exception',
  ({ decision: { after } }) => {
    // A parcel of an order that nobody knows is over for us when a person has dealt with it.
    const resolved = (kept: string) => `unknown-shipment-line:${kept}` in after.resolved
    if (!after.seen && Object.keys(after.deferredFacts).every(resolved)) return
    if (dueAt(after) !== undefined || Object.keys(after.exceptions).length > 0) return
    expect(['complete', 'cancelled']).toContain(statusOf(after))
    for (const { state } of Object.values(after.intents))
      expect(['done', 'withdrawn']).toContain(state)
  },
)

law(
  'what a system refused stands as an exception that names it, whatever people resolve',
  ({ decision: { after } }) => {
    const named = Object.values(after.exceptions).map(({ subject }) => subject)
    for (const [id, { state }] of Object.entries(after.intents)) {
      if (state === 'refused') expect(named).toContain(id)
    }
  },
)

law('a command changes the order, or says why not and what to do instead', (taken) => {
  const { before, fact, decision } = taken
  if (fact.type !== 'command' || before.commands.includes(fact.id)) return
  const executed = execute(before, fact)
  expect(executed.ok).toBe(decision.events.length > 0)
  if (executed.ok) {
    const { commands: _, ...changed } = decision.after
    expect(changed).not.toEqual({ ...before, commands: undefined })
    return
  }
  expect(executed.error.reason).not.toBe('')
  if (executed.error.because === 'impossible') expect(executed.error.fix).not.toBe('')
})

law('what is retried is asked for at once', ({ before, fact, decision }) => {
  if (fact.type !== 'command' || fact.command.do !== 'retry') return
  const woken = decision.events.filter(({ type }) => type === 'effect.woken')
  for (const event of woken) {
    if (event.type !== 'effect.woken') continue
    const came = decision.events.filter((other) => 'intentId' in other && other !== event)
    expect(came).toContainEqual(expect.objectContaining({ intentId: event.intentId }))
    expect(['pending', 'refused']).toContain(before.intents[event.intentId]?.state)
  }
})

law(
  'an order that is to be cancelled is, or something is asked of the warehouse, or somebody is',
  ({ decision: { after } }) => {
    if (!after.cancelRequestedAt || after.cancelledAt || !after.seen) return
    const release = releaseOf(after)?.state
    const asked = Object.values(after.intents).some(
      (intent) => intent.effect === 'cancel-release' && !isOver(intent),
    )
    const told = after.exceptions['cancelled-after-release'] !== undefined
    const unsure = release === 'sent' || release === 'doubt'
    expect(unsure || asked || told || !warehouseHolds(after)).toBe(true)
  },
)

test('over a whole life: captured once, cancelled once, one point per stage, each parcel once', () => {
  fc.assert(
    fc.property(walk, (w) => {
      const events = along(w, () => {})
      const once = events.flatMap((event) => {
        if (event.type === 'order.captured' || event.type === 'order.cancelled') return [event.type]
        if (event.type === 'stage.met' || event.type === 'stage.missed') return [event.stage]
        if (event.type === 'shipment.confirmed') return [`parcel ${event.shipment.id}`]
        return []
      })
      expect(new Set(once).size).toBe(once.length)
    }),
    tries(100),
  )
})

test('exceptions are cleared only after they were raised, and raised again only with another reason', () => {
  fc.assert(
    fc.property(walk, (w) => {
      const standing = new Map<string, string>()
      for (const event of along(w, () => {})) {
        if (event.type === 'exception.raised') {
          const key = `${event.code} ${event.subject}`
          expect(standing.get(key)).not.toBe(event.reason)
          standing.set(key, event.reason)
        }
        if (event.type === 'exception.cleared' || event.type === 'exception.resolved') {
          expect(standing.delete(`${event.code} ${event.subject}`)).toBe(true)
        }
      }
    }),
    tries(100),
  )
})

test('the walks were long enough to mean something', () => {
  expect(walked).toBeGreaterThan(10_000)
})
