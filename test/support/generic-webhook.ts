import { effectsOf } from '../../connectors/contract.ts'
import { capabilitiesFor } from '../../connectors/generic-webhook/effects.ts'
import { genericWebhook } from '../../connectors/generic-webhook/index.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import type { Reading } from '../../domain/reading.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import { twin } from '../../twins/generic-webhook/twin.ts'
import type { Documents } from '../../twins/kit/twin.ts'
import { twinAccount } from './account.ts'
import { fixture } from './fixtures.ts'
import { type MemoryWorld, memoryWorld } from './twin-world.ts'

export const partner = ConnectionId.parse('generic-webhook/partner')

export const url = 'https://partner.example.com/crossdock'
export const lookupUrl = 'https://partner.example.com/crossdock/orders/{orderId}'

/** A connection by webhook whose other end is its twin: a warehouse that dedupes, unless the settings say otherwise. */
export function partnerAccount(extra: object = {}, documents?: Documents) {
  const settings = { capabilities: ['fulfilment'], url, ...extra }
  const world = memoryWorld(settings, documents)
  const system = twin(world)
  const now = () => world.clock
  const account = twinAccount({
    connector: genericWebhook,
    connection: partner,
    settings,
    twin: system,
    now,
  })
  const effects = effectsOf(capabilitiesFor(settings))
  const effectOf = (name: EffectName): Effect => {
    const effect = effects[name]
    if (!effect) throw new Error(`there is no ${name}`)
    return effect
  }
  const pass = async (ms: number) => {
    world.clock = new Date(world.clock.getTime() + ms)
    await system.tick?.()
  }
  return { settings, world, twin: system, account, effectOf, pass }
}

/** An order of the fixtures with everything of it still to be done. */
export function subjectOf(name: string, change: Partial<Subject> = {}): Subject {
  const order = Order.parse(fixture('generic-webhook', `${name}.order.json`))
  const lines = order.lines.map(({ id, quantity, removed }) => ({
    id,
    quantity: quantity - removed,
  }))
  return { order, lines, references: {}, ...change }
}

/** The same order with other SKUs, one for each line. */
export function withSkus(subject: Subject, ...skus: readonly string[]): Subject {
  const lines = subject.order.lines.map((line, index) => ({
    ...line,
    sku: skus[index] ?? line.sku,
  }))
  return { ...subject, order: { ...subject.order, lines } }
}

/** What the reports that a twin sent so far say, oldest first. */
export const readingsIn = ({ deliveries }: MemoryWorld): readonly Reading[] =>
  deliveries.flatMap(({ headers, body }) => {
    const receivedAt = '2026-11-21T10:00:00.000Z'
    const read = genericWebhook.read?.({
      connection: partner,
      via: 'webhook',
      headers,
      body,
      receivedAt,
    })
    if (!read?.ok) throw new Error(`the twin sent what cannot be read: ${body}`)
    return read.value
  })
