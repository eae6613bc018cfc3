import { madeUpOrder } from '../local/demo/made-up-orders.ts'
import type { Command } from '../schemas/api/command.ts'
import { between, type Draw, pick } from './draw.ts'
import type { Story } from './story.ts'
import type { Vendor } from './vendors.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What somebody does about an order after it was placed. */
const deeds = [
  'take back',
  'cancel',
  'hold',
  'move',
  'move twice',
  'cancel here',
  'take back here',
  'hold here',
] as const
type Deed = (typeof deeds)[number]

/** Those that are commands to Crossdock. */
const atDesk: readonly Deed[] = ['cancel here', 'take back here', 'hold here']

/** One order that somebody will place, and what becomes of it. */
export interface Plan {
  readonly index: number
  /** The ledger's id of the order. */
  readonly order: string
  readonly shop: Vendor
  readonly placedAt: number
  /** Goes to another country, from another warehouse. @default false */
  readonly abroad?: boolean
  readonly deeds: readonly { readonly what: Deed; readonly at: number; readonly n: number }[]
}

interface Given {
  readonly time: VirtualTime
  readonly draw: Draw
  readonly story: Story
  /** Sends a command to the Capability API; comes back with its status. */
  command(order: string, command: Command, key: string): Promise<number>
}

export interface Placing {
  readonly orders: number
  readonly from: number
  readonly ms: number
}

interface Crowd {
  /** How many of the orders somebody comes back to. */
  readonly share: number
  readonly times: number
  /** When, mostly soon, while everything is under way: milliseconds after it was placed for a number from 0 to 1. */
  when(drawn: number): number
  /** How often two people come in the same seconds. */
  readonly together: number
}

const calm: Crowd = {
  share: 0.4,
  times: 2,
  when: (drawn) => 4 * 3_600_000 * drawn ** 4,
  together: 0.1,
}
const busy: Crowd = {
  share: 0.9,
  times: 4,
  when: (drawn) => 20 * 60_000 * drawn ** 2,
  together: 0.4,
}

interface Lots {
  readonly draw: Draw
  /** Whether people come back to most orders, and soon. */
  readonly busy: boolean
}

/** Who buys what when, and changes their mind: the same for the same seed, whatever else is different. */
export function plansFor(
  shops: readonly Vendor[],
  { orders, from, ms }: Placing,
  lots: Lots,
): readonly Plan[] {
  const crowd = lots.busy ? busy : calm
  return Array.from({ length: orders }, (_, index): Plan => {
    const lot = (what: string) => lots.draw(`${what} of order ${index}`)
    const placedAt = from + Math.floor(lot('moment') * ms)
    const shop = pick(shops, lot('shop'))
    const account = shop.connection.id.replace('/', '_')
    return {
      index,
      order: `${account}_${channelOrderIdOf({ index })}`,
      shop,
      placedAt,
      abroad: lot('abroad') < 0.3,
      deeds: deedsAfter(placedAt, lot, crowd),
    }
  })
}

function deedsAfter(placedAt: number, lot: Draw, crowd: Crowd): Plan['deeds'] {
  if (lot('somebody comes back') >= crowd.share) return []
  const planned: Plan['deeds'][number][] = []
  for (let count = between(lot('how often'), 1, crowd.times); count > 0; count--) {
    const before = planned.at(-1)
    const n = between(lot('which'), 0, 5)
    if (before && lot('together') < crowd.together) {
      // Two who look at the same page press in the same moment, and at the same desk.
      const what = pick(atDesk.includes(before.what) ? atDesk : deeds, lot('deed'))
      const ms = lot('at once') < 0.7 ? 30 : 3000
      planned.push({ what, at: Math.floor(before.at + ms * lot('later')), n })
    } else {
      const at = Math.floor(placedAt + crowd.when(lot('when')))
      planned.push({ what: pick(deeds, lot('deed')), at, n })
    }
  }
  return planned
}

/** An id that JSON numbers bear; the longer ones are tried elsewhere. */
const base = 5_100_000_000_000n

/** An order that nobody comes back to. */
export const plainPlan = (shop: Vendor, index: number, placedAt: number): Plan => ({
  index,
  order: `${shop.connection.id.replace('/', '_')}_${channelOrderIdOf({ index })}`,
  shop,
  placedAt,
  deeds: [],
})

export const channelOrderIdOf = ({ index }: Pick<Plan, 'index'>): string =>
  String(base + BigInt(index) * 100n)

/** Lets everything happen that was planned. */
export function live(plans: readonly Plan[], given: Given): void {
  const { time, story } = given
  for (const plan of plans) {
    const { order } = plan
    time.at(plan.placedAt, () => {
      story.tell(`placed at ${plan.shop.connection.id}`, { order })
      void plan.shop.twin.takeOrder?.(bodyFor(plan, time.date()), true)
    })
    for (const deed of plan.deeds) time.at(deed.at, () => void act(plan, deed, given))
  }
}

function bodyFor({ index, abroad }: Plan, now: Date): string {
  const body = madeUpOrder(index, base, now)
  return abroad ? body.replaceAll('"country_code":"US"', '"country_code":"CA"') : body
}

type Doing = (plan: Plan, n: number, given: Given) => Promise<string>

async function act(plan: Plan, { what, n }: Plan['deeds'][number], given: Given): Promise<void> {
  const { order } = plan
  given.story.tell(`people: ${what} (${n})`, { order })
  const came = await doings[what](plan, n, given)
  given.story.tell(`people: ${what}: ${came}`, { order })
}

const doings: Readonly<Record<Deed, Doing>> = {
  'take back': async (plan, n) => {
    const line = lineAt(plan, n)
    return atShop(plan, refund, {
      key: `people ${plan.index} ${n} ${line?.current_quantity}`,
      input: {
        orderId: gid(plan),
        note: 'taken back by people',
        refundLineItems: [
          {
            lineItemId: `gid://shopify/LineItem/${line?.id}`,
            quantity: 1,
            restockType: 'NO_RESTOCK',
          },
        ],
      },
    })
  },
  cancel: (plan) => atShop(plan, cancel, { id: gid(plan), reason: 'CUSTOMER', restock: false }),
  hold: async (plan, _, given) => {
    const id = `gid://shopify/FulfillmentOrder/${channelOrderIdOf(plan)}001`
    given.time.after(3_600_000, () => void atShop(plan, release, { id }))
    return atShop(plan, hold, { id, hold: { reason: 'OTHER', reasonNotes: 'people hold it' } })
  },
  move: (plan, n) => moveTo(plan, `${n} Mill Lane`),
  // Shops stamp by the second: what comes second has the version of the first.
  'move twice': async (plan, n) => {
    await moveTo(plan, `${n} Mill Lane`)
    return moveTo(plan, `${n + 1} Mill Lane`, bodyOf(plan)?.updated_at)
  },
  'cancel here': (plan, n, given) => here(plan, { do: 'cancel', reason: 'sorry' }, { n, given }),
  'take back here': (plan, n, given) => {
    const id = String(lineAt(plan, n)?.id)
    const lines = [{ id, quantity: 1 }]
    return here(plan, { do: 'cancel', reason: 'one fewer', lines }, { n, given })
  },
  'hold here': async (plan, n, given) => {
    const held = await here(plan, { do: 'hold', reason: 'wait' }, { n, given })
    given.time.after(3_600_000, () => {
      void here(plan, { do: 'resume', reason: 'go on' }, { n: n + 10, given })
    })
    return held
  },
}

/** @param at the version, when it is not the next one */
async function moveTo(plan: Plan, address1: string, at?: string): Promise<string> {
  const body = bodyOf(plan)
  if (!body) return 'no such order'
  const { updated_at: _, ...rest } = body
  const shipping_address = { ...Object(body['shipping_address']), address1 }
  const moved = { ...rest, shipping_address, ...(at !== undefined && { updated_at: at }) }
  await plan.shop.twin.takeOrder?.(JSON.stringify(moved), true)
  return 'moved'
}

interface Asking {
  readonly n: number
  readonly given: Given
}

/** People press the button until it works, with the same key. */
async function here(plan: Plan, command: Command, { n, given }: Asking): Promise<string> {
  const { order } = plan
  const key = `people-${plan.index}-${n}-${JSON.stringify(command).length}`
  for (let tries = 0; tries < 40; tries++) {
    const status = await given.command(order, command, key)
    if (status < 500 && status !== 404 && status !== 429) return String(status)
    await new Promise<void>((resolve) => given.time.after(30_000, resolve))
  }
  return 'given up'
}

const gid = (plan: Plan): string => `gid://shopify/Order/${channelOrderIdOf(plan)}`

interface Line {
  readonly id: number
  readonly current_quantity: number
}

type Body = Readonly<Record<string, unknown>> & {
  readonly updated_at: string
  readonly line_items: readonly Line[]
}

function bodyOf(plan: Plan): Body | undefined {
  const stored = plan.shop.documents.get('orders', channelOrderIdOf(plan))
  // The twin keeps the body that it was given, as it is now.
  return stored === undefined ? undefined : JSON.parse(Object(stored).body)
}

const lineAt = (plan: Plan, n: number): Line | undefined => {
  const lines = bodyOf(plan)?.line_items ?? []
  return lines[n % Math.max(1, lines.length)]
}

const refund = `mutation ($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { refund { id } userErrors { message } }
}`
const cancel = `mutation ($id: ID!, $reason: OrderCancelReason!, $restock: Boolean!) {
  orderCancel(orderId: $id, reason: $reason, restock: $restock, refundMethod: { originalPaymentMethodsRefund: false }) {
    job { id } orderCancelUserErrors { message }
  }
}`
const hold = `mutation ($id: ID!, $hold: FulfillmentOrderHoldInput!) {
  fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) { userErrors { message } }
}`
const release = `mutation ($id: ID!) {
  fulfillmentOrderReleaseHold(id: $id) { userErrors { message } }
}`

/** The shop's own staff, through the API that the shop's own pages use. */
async function atShop({ shop }: Plan, query: string, variables: object): Promise<string> {
  const { twin } = shop
  const { clientId, clientSecret } = twin.secret
  const json = { 'content-type': 'application/json' }
  const minted = await twin.handle({
    method: 'POST',
    path: '/admin/oauth/access_token',
    headers: json,
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }),
  })
  const { access_token: token } = JSON.parse(minted.body ?? '{}')
  const answer = await twin.handle({
    method: 'POST',
    path: '/admin/api/2026-10/graphql.json',
    headers: { ...json, 'x-shopify-access-token': token },
    body: JSON.stringify({ query, variables }),
  })
  return (answer.body ?? '').slice(0, 160)
}
