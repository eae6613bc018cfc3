import type { z } from 'zod'
import type { Report } from '../../schemas/api/report.ts'
import { agenda } from '../kit/agenda.ts'
import { json } from '../kit/answer.ts'
import { loose, readJson } from '../kit/body.ts'
import { nextOf } from '../kit/ids.ts'
import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import type { Message } from './message.ts'

/** A refusal as RFC 9457 has it. */
export const problem = (status: number, detail: string): TwinReply =>
  json(status, { status, detail }, { 'content-type': 'application/problem+json' })

/** What the system calls what it did. */
const done = (status: 200 | 201 | 409, id: string, number?: string): TwinReply =>
  json(status, { reference: { id, ...(number && { number }) } })

export type SentReport = z.input<typeof Report>

/** The system behind the address: it keeps orders and parcels, and as a warehouse it ships what is due. */
export interface Partner {
  work(message: Message): TwinReply
  /** Reports what came of a message that was answered 202. */
  answer(message: Message, reply: TwinReply): void
  doWhatIsDue(): void
}

interface PartnerOrder {
  readonly id: string
  readonly number: string
  readonly orderId: string
  readonly round: number
  readonly status: 'open' | 'cancelled'
  readonly lines: Message['lines']
  readonly order: Message['order']
  /** Units that left, by SKU. */
  readonly left: Readonly<Record<string, number>>
}

type Task = 'ship half' | 'ship the rest' | 'hold' | 'resume' | 'backorder' | 'restock'

type Plan = readonly (readonly [task: Task, afterMs: number])[]

const usual: Plan = [
  ['ship half', 300],
  ['ship the rest', 900],
]

/** SKUs that give trouble, so that it can be tried. */
const troubles: Readonly<Record<string, Plan>> = {
  'TWIN-ON-HOLD': [
    ['hold', 300],
    ['resume', 1200],
    ['ship the rest', 1500],
  ],
  'TWIN-OUT-OF-STOCK': [
    ['backorder', 300],
    ['restock', 1200],
    ['ship the rest', 1500],
  ],
}

/** Partners quote what they were sent, in their own way of writing it. */
function recipientOf({ people }: Message['order']): string {
  const { name = 'nobody', address1 = '', city = '', postalCode = '' } = people.shipTo ?? {}
  return `"${name.toUpperCase()}" (${JSON.stringify(address1)}, ${encodeURIComponent(city)} ${postalCode.replace('-', ' ')})`
}

export function partner(world: TwinWorld, report: (what: SentReport) => void): Partner {
  const { documents } = world
  // Only this file writes these kinds.
  const orders = () => documents.all('orders') as readonly PartnerOrder[]
  const due = agenda<{ readonly id: string; readonly what: Task }>(world, 'tasks')
  const put = (order: PartnerOrder) => documents.put('orders', order.id, order)
  const find = (orderId: string) => orders().findLast((order) => order.orderId === orderId)
  const at = () => world.now().toISOString()

  const plan = (id: string, tasks: Plan) =>
    due.plan(tasks.map(([what, afterMs]) => ({ task: { id, what }, afterMs })))

  function open(message: Message): TwinReply {
    const { orderId, round, lines, order } = message
    if (lines.some(({ sku }) => sku === 'TWIN-REFUSED')) {
      return problem(422, 'TWIN-REFUSED is not in the catalogue.')
    }
    if (lines.some(({ sku }) => sku === 'TWIN-QUOTED')) {
      return problem(422, `No carrier takes it to ${recipientOf(order)}.`)
    }
    const id = String(orders().length + 1)
    const number = `P-${1000 + Number(id)}`
    put({ id, number, orderId, round, status: 'open', lines, order, left: {} })
    const trouble = lines.flatMap(({ sku = '' }) => troubles[sku] ?? [])
    if (message.effect === 'release-order') plan(id, trouble.length > 0 ? trouble : usual)
    return done(201, id, number)
  }

  function amend({ effect, orderId, lines, order }: Message): TwinReply {
    const known = find(orderId)
    if (known?.status !== 'open') return problem(410, 'There is no open order to amend.')
    const amended = { ...known, lines, order }
    if (Object.keys(known.left).some((sku) => unitsToShip(amended, sku) < 0)) {
      return problem(422, 'More has left than is to stand.')
    }
    put(amended)
    if (effect === 'amend-release') plan(known.id, [['ship the rest', 900]])
    return done(200, known.id, known.number)
  }

  function cancel({ orderId }: Message): TwinReply {
    const known = find(orderId)
    if (!known) return problem(410, 'There is no such order.')
    if (known.status === 'cancelled') return done(409, known.id, known.number)
    if (Object.keys(known.left).length > 0) return problem(422, 'The order has left.')
    put({ ...known, status: 'cancelled' })
    return done(200, known.id, known.number)
  }

  function post(message: Message): TwinReply {
    const known = find(message.orderId)
    if (!known) return problem(410, 'There is no such order.')
    const id = `${known.id}-${documents.all('shipments').length + 1}`
    documents.put('shipments', id, { id, order: known.id, shipment: message.shipment })
    return done(201, id)
  }

  const works: Readonly<Record<Message['effect'], (message: Message) => TwinReply>> = {
    'create-order': open,
    'release-order': open,
    'amend-order': amend,
    'amend-release': amend,
    'cancel-order': cancel,
    'cancel-release': cancel,
    'post-shipment': post,
  }

  function ship(order: PartnerOrder, share: number): void {
    const skus = [...new Set(order.lines.map(({ sku = '' }) => sku))]
    let room = Math.ceil(skus.reduce((sum, sku) => sum + unitsToShip(order, sku), 0) * share)
    const lines = skus.flatMap((sku) => {
      const quantity = Math.min(room, unitsToShip(order, sku))
      room -= quantity
      return quantity > 0 ? [{ sku, quantity }] : []
    })
    if (lines.length === 0) return
    const left = { ...order.left }
    for (const { sku, quantity } of lines) left[sku] = (left[sku] ?? 0) + quantity
    put({ ...order, left })
    const number = nextOf(documents, 'parcels', 1)
    report({
      type: 'shipped',
      orderId: order.orderId,
      shipment: {
        id: `${order.id}-${number}`,
        warehouseOrder: order.id,
        lines,
        carrier: 'Twin Post',
        trackingNumber: `TWIN${String(number).padStart(8, '0')}`,
        shippedAt: at(),
      },
    })
  }

  const about = ({ orderId }: PartnerOrder) => ({ orderId, since: at() })
  const tasks: Readonly<Record<Task, (order: PartnerOrder) => void>> = {
    'ship half': (order) => ship(order, 0.5),
    'ship the rest': (order) => ship(order, 1),
    hold: (order) =>
      report({
        type: 'held',
        ...about(order),
        reason: `the address of ${recipientOf(order.order)} is unclear`,
      }),
    resume: (order) => report({ type: 'resumed', ...about(order) }),
    backorder: (order) => report({ type: 'backordered', ...about(order), lines: missing(order) }),
    restock: (order) => report({ type: 'backordered', ...about(order), lines: [] }),
  }

  return {
    work: (message) => works[message.effect](message),
    answer({ orderId, intentId }, { status, body = '' }) {
      const { id } = loose(loose(readJson(body))['reference'])
      const answer =
        status < 300
          ? ({ type: 'done', reference: { id: String(id) } } as const)
          : ({ type: 'refused', reason: 'the system could not do it' } as const)
      report({ type: 'answered', orderId, intentId, answer })
    },
    doWhatIsDue: () =>
      due.doWhatIsDue(({ id, what }) => {
        const order = orders().find((one) => one.id === id)
        if (order?.status === 'open') tasks[what](order)
      }),
  }
}

const unitsToShip = ({ lines, left }: PartnerOrder, sku: string): number =>
  lines.reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0) - (left[sku] ?? 0)

const missing = ({ lines }: PartnerOrder) =>
  lines.flatMap(({ sku, quantity }) => (sku === 'TWIN-OUT-OF-STOCK' ? [{ sku, quantity }] : []))
