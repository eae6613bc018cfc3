import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { EffectName, OrderEvent } from '../../schemas/events/order-event.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { effectCatalogue } from '../effects/catalogue.ts'
import { exceptionCatalogue } from '../exceptions/catalogue.ts'
import { raise } from '../exceptions/raise.ts'
import { after } from '../instant.ts'
import { toShip } from './lines.ts'
import type { Policy } from './policy.ts'
import { isAccepted, needsWarehouse, postingOf, releaseOf } from './state.ts'

type Stage = keyof Policy['stages']

interface Course {
  readonly key: string
  readonly stage: Stage
  readonly done: boolean
}

/**
 * Scores each (order, stage) once: met if it ends in time, missed if its deadline passes first. `captured` is scored
 * by `capturedStage`.
 */
export function stageEvents(state: OrderState, at: Instant, policy: Policy): readonly OrderEvent[] {
  const { connection } = state
  return coursesOf(state, policy).flatMap(({ key, stage, done }): readonly OrderEvent[] => {
    const known = state.stages[key]
    if (!known) {
      return done
        ? []
        : [{ type: 'stage.opened', stage: key, connection, dueAt: after(at, policy.stages[stage]) }]
    }
    if (known.closed) return []
    const point = { stage: key, connection, dueAt: known.dueAt }
    if (known.scored) return done ? [{ type: 'stage.closed', stage: key }] : []
    if (at > known.dueAt) {
      const asked = askedBy[stage]
      const waitedFor = asked ? asked(state)?.connection : connection
      return missed(state, { ...point, ...(waitedFor && { waitedFor }) }, at)
    }
    return done ? [{ type: 'stage.met', ...point }] : []
  })
}

/** The stages an order is or has been in; a cancelled order waits for nothing. */
function coursesOf(state: OrderState, policy: Policy): readonly Course[] {
  if (!state.seen) return []
  const over = state.cancelledAt !== undefined
  const released = releaseOf(state)?.state === 'done'
  const accepted = isAccepted(state)
  const courses: Course[] = []
  if (!waitsFor(state, 'create-order') || state.stages['accepted']) {
    courses.push({ key: 'accepted', stage: 'accepted', done: accepted || over })
  }
  const due = accepted && needsWarehouse(state) && !waitsFor(state, 'release-order')
  if (due || state.stages['released']) {
    const nothing = accepted && !needsWarehouse(state)
    courses.push({ key: 'released', stage: 'released', done: released || nothing || over })
  }
  if (released || state.stages['shipped']) {
    const all = state.lines.every((line) => toShip(line) === 0)
    courses.push({ key: 'shipped', stage: 'shipped', done: all || over })
  }
  const told = Object.values(state.shipments).filter(({ lines }) => lines.length > 0)
  return policy.can(state.connection, 'confirm-shipment')
    ? [...courses, ...told.map(({ id }) => confirmation(state, id))]
    : courses
}

const waitsFor = ({ exceptions }: OrderState, effect: EffectName): boolean =>
  Object.values(exceptions).some(({ code }) => {
    const { pauses, blocks } = exceptionCatalogue[code]
    return pauses && blocks && effectCatalogue[effect].waitsFor?.includes(blocks)
  })

const confirmation = (state: OrderState, id: string): Course => ({
  key: `confirmed:${id}`,
  stage: 'confirmed',
  done: state.intents[`confirm-shipment:${id}`]?.state === 'done',
})

/** By what another system was asked to end a stage; the others end at the channel. */
const askedBy: Readonly<Partial<Record<Stage, (state: OrderState) => Intent | undefined>>> = {
  accepted: postingOf,
  released: releaseOf,
  shipped: releaseOf,
}

type Point = {
  readonly stage: string
  readonly connection: OrderState['connection']
  readonly dueAt: Instant
  readonly waitedFor?: ConnectionId
}

function missed(state: OrderState, point: Point, at: Instant): readonly OrderEvent[] {
  const trouble = Object.values(state.intents).find((intent) => intent.trouble)?.trouble
  const reason = `not ${point.stage} by ${point.dueAt}${trouble ? `: ${trouble}` : ''}`
  return [
    { type: 'stage.missed', ...point },
    raise('overdue', point.stage, { at, reason, connection: point.connection }),
  ]
}

/** The first stage: from the channel's message to the ledger. */
export function capturedStage(
  connection: OrderState['connection'],
  receivedAt: Instant,
  { at, seconds }: { readonly at: Instant; readonly seconds: number },
): OrderEvent {
  const dueAt = after(receivedAt, seconds)
  return { type: at > dueAt ? 'stage.missed' : 'stage.met', stage: 'captured', connection, dueAt }
}
