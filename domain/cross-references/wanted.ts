import type { NameKind } from '../../schemas/canonical/name-kind.ts'
import type { Subject } from '../effects/effect.ts'

/** A code that an effect may send. */
export interface Wanted {
  readonly kind: NameKind
  readonly code: string
  /** The effect certainly sends it, so a missing name matters. */
  readonly needed: boolean
}

type About = Pick<Subject, 'order' | 'lines' | 'shipment'>
/** Finds the codes of one kind that an effect sends. */
export type Ask = (about: About) => readonly Wanted[]

/** The codes of an order that an effect may send, without duplicates. */
export function wantedBy(asks: readonly Ask[], about: About): readonly Wanted[] {
  const all = new Map<string, Wanted>()
  for (const one of asks.flatMap((ask) => ask(about))) {
    const key = `${one.kind}#${one.code}`
    all.set(key, { ...one, needed: one.needed || all.get(key)?.needed === true })
  }
  return [...all.values()]
}

export function goods({ order, lines }: About): readonly Wanted[] {
  const units = new Map(lines.map(({ id, quantity }) => [id, quantity]))
  return order.lines.flatMap(({ id, sku, unit }) => {
    const needed = (units.get(id) ?? 0) > 0
    return [...some('sku', sku, needed), ...some('unit', unit, needed)]
  })
}

export function shippableGoods({ order, ...about }: About): readonly Wanted[] {
  const lines = order.lines.filter(({ shippable, giftCard }) => shippable && !giftCard)
  const [first, ...others] = lines
  return first ? goods({ ...about, order: { ...order, lines: [first, ...others] } }) : []
}

export function taxCodes({ order, lines }: About): readonly Wanted[] {
  const kept = new Set(lines.filter(({ quantity }) => quantity > 0).map(({ id }) => id))
  return order.lines.flatMap(({ id, taxCode }) => some('tax-code', taxCode, kept.has(id)))
}

/** Usually the method's code; some connectors use its title too. */
export function shippingMethods({ order }: About): readonly Wanted[] {
  return order.shipping.flatMap(({ code, title }) => [
    ...some('shipping-method', code ?? title, true),
    ...some('shipping-method', title, false),
  ])
}

export function paymentMethods({ order }: About): readonly Wanted[] {
  return (order.tenders ?? []).flatMap(({ method }) => some('payment-method', method, true))
}

export function customer({ order }: About): readonly Wanted[] {
  return some('customer', order.people.customer?.id, true)
}

export function parcel({ shipment }: About): readonly Wanted[] {
  return [
    ...some('carrier', shipment?.carrier, true),
    ...some('location', shipment?.location, true),
  ]
}

/** The parcel's articles, for connectors that send them; most refer to lines of their own document. */
export function packed({ order, shipment }: About): readonly Wanted[] {
  const ids = new Set(shipment?.lines.map(({ id }) => id))
  return order.lines.flatMap(({ id, sku }) => (ids.has(id) ? some('sku', sku, false) : []))
}

const some = (kind: NameKind, code: string | undefined, needed: boolean): readonly Wanted[] =>
  code === undefined || code === '' ? [] : [{ kind, code, needed }]
