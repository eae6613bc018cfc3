import { setTimeout as sleep } from 'node:timers/promises'
import { statusOf } from '../domain/order/state.ts'
import { build } from '../local/build.ts'
import { madeUpOrder } from '../local/demo/made-up-orders.ts'
import { type Hub, openHub } from '../local/hub.ts'

/** A hub whose shop can be given orders to bring to their end. */
interface Journeys {
  readonly hub: Hub
  /** Places some orders at the shop, one after another. */
  place(from: number, n: number): Promise<void>
  /** Resolves when so many orders in all are complete. */
  complete(n: number): Promise<void>
}

/** The parcels' last steps come closer together. */
const calmMs = 200

export async function openJourneys(root: string): Promise<Journeys> {
  let published = 0
  let confirmed = 0
  let lastEvent = 0
  const hub = await openHub({
    root,
    assembly: await build(root),
    port: 0,
    observe(happening) {
      if (happening.kind !== 'event') return
      lastEvent = performance.now()
      if (happening.detailType === 'shipment.published') published++
      if (happening.detailType === 'shipment.confirmed') confirmed++
    },
  })
  const shop = hub.twins.all.find(({ twin }) => twin.takeOrder)?.twin
  return {
    hub,
    async place(from, n) {
      for (let i = from; i < from + n; i++)
        await shop?.takeOrder?.(madeUpOrder(i, 10n ** 18n, new Date()), true)
    },
    async complete(n) {
      for (;;) {
        await sleep(50)
        // The ledger is read only when all may be done, because reading it costs what is being measured.
        const calm = performance.now() - lastEvent > calmMs
        if (published < confirmed || confirmed < n || !calm) continue
        const heads = await hub.ledger.heads()
        if (heads.filter((head) => statusOf(head) === 'complete').length >= n) return
      }
    },
  }
}
