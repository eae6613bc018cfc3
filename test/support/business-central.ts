import { businessCentral } from '../../connectors/business-central/index.ts'
import type { Call } from '../../domain/account.ts'
import type { Effect, Effects, Subject } from '../../domain/effects/effect.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Order, type OrderLine } from '../../schemas/canonical/order.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import { twin as makeTwin } from '../../twins/business-central/twin.ts'
import type { Documents, TwinReply } from '../../twins/kit/twin.ts'
import { memoryTokens, twinAccount } from './account.ts'
import { fixture } from './fixtures.ts'
import { memoryWorld } from './twin-world.ts'

export const businessCentralSettings = {
  tenantId: '9f2c4c1e-6b1d-4f0a-9d57-2f6f4a1f7c11',
  environment: 'Sandbox',
  companyId: '824820a2-508c-ed11-aada-000d3a298ab3',
  localCurrency: 'GBP',
  charges: {
    shipping: { account: '6810' },
    discount: { account: '6910' },
    tax: { account: '5610' },
    tip: { account: '6820' },
    duty: { account: '6830' },
    fee: { account: '6840' },
    giftCard: { item: 'GIFT-CARD' },
  },
  taxCode: 'ZERO',
}

const companyPath = `/v2.0/${businessCentralSettings.tenantId}/Sandbox/api/v2.0/companies(${businessCentralSettings.companyId})/`

export interface BusinessCentralOptions {
  readonly settings?: object
  readonly documents?: Documents
  readonly secret?: unknown
}

/** A connection whose other end is its twin; `worker` is one more process of the same connection. */
export function businessCentralAccount({
  settings = {},
  documents,
  secret,
}: BusinessCentralOptions = {}) {
  const own = { ...businessCentralSettings, ...settings }
  const world = memoryWorld(own, documents)
  const twin = makeTwin(world)
  const connection = ConnectionId.parse('business-central/uk')
  const tokens = memoryTokens(world.now)
  const worker = () =>
    twinAccount({
      connector: businessCentral,
      connection,
      settings: own,
      twin,
      now: world.now,
      secret,
      tokens,
    })

  /** One request as another integration, or a person's page, would send it. */
  async function ask(
    method: string,
    path: string,
    { body, etag }: { readonly body?: unknown; readonly etag?: string } = {},
  ): Promise<TwinReply> {
    const stranger = worker()
    await effectOf('create-order').look(stranger, subjectOf('local-currency'))
    const authorization = stranger.calls.at(-1)?.headers?.['authorization']
    return twin.handle({
      method,
      path: `${companyPath}${path}`,
      headers: { authorization, 'if-match': etag, 'content-type': 'application/json' },
      body: body === undefined ? '' : JSON.stringify(body),
    })
  }
  const pass = (seconds: number) => {
    world.clock = new Date(world.clock.getTime() + seconds * 1000)
  }
  return { account: worker(), twin, world, worker, ask, pass }
}

export type Stage = ReturnType<typeof businessCentralAccount>

export function effectOf(name: EffectName): Effect & Required<Pick<Effect, 'look'>> {
  const effects: Effects = businessCentral.accounting.effects
  const effect = effects[name]
  if (!effect?.look) throw new Error(`${name} cannot be looked up`)
  return { ...effect, look: effect.look }
}

/** An order of the fixtures, with all that the channel has not taken back still to be delivered. */
export function subjectOf(name: string, change: Partial<Order> = {}): Subject {
  const order = {
    ...Order.parse(fixture('business-central', `${name}.order.json`)),
    ...change,
  }
  return { order, lines: order.lines.map(remaining), references: {} }
}

export const remaining = ({ id, quantity, removed }: OrderLine) => ({
  id,
  quantity: quantity - removed,
})

export const parcel = (id: string, units: Readonly<Record<string, number>>): Shipment => ({
  id,
  lines: Object.entries(units).map(([line, quantity]) => ({ id: line, quantity })),
  carrier: 'DHL',
  trackingNumber: `T${id}`,
  shippedAt: '2026-11-20T09:30:00.000Z',
})

export const isWrite = ({ kind }: Call): boolean => kind === 'write'

/** The sales orders of a twin, as the API shows them. */
export const ordersOf = ({ twin }: Stage) =>
  // The twin's own documents: the shape is what the tests are about.
  twin.state()['salesOrders'] as readonly ShownOrder[]

export interface ShownOrder {
  readonly '@odata.etag': string
  readonly id: string
  readonly number: string
  readonly externalDocumentNumber: string
  readonly totalAmountIncludingTax: number
  readonly shipToCity: string
  readonly salesOrderLines: readonly {
    readonly '@odata.etag': string
    readonly id: string
    readonly lineType: string
    readonly lineObjectNumber: string
    readonly description: string
    readonly description2: string
    readonly quantity: number
    readonly shippedQuantity: number
  }[]
}
