import type { Lookups } from '../../domain/ports.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'

const at = (second: number): string => `2026-11-21T10:00:${String(second).padStart(2, '0')}.000Z`

/** A shop of its own, so that tests do not meet. */
let shops = 0
function freshShop(): ConnectionId {
  shops += 1
  return ConnectionId.parse(`shopify/asked-${shops}`)
}

/** What a store of lookups owes to those who request listings and those who ask for them. */
export function lookupsContract(open: () => Lookups): void {
  const skusDue = async (lookups: Lookups, connection: ConnectionId, second: number) =>
    (await lookups.due(connection, at(second))).map(({ sku }) => sku)

  test('what is requested is due, the longest first, until it is answered', async () => {
    const [lookups, connection] = [open(), freshShop()]
    await lookups.request([{ connection, sku: 'B#1' }], { at: at(2) })
    await lookups.request([{ connection, sku: 'A' }], { at: at(1) })
    expect(await skusDue(lookups, connection, 1)).toEqual(['A'])
    expect(await skusDue(lookups, connection, 2)).toEqual(['A', 'B#1'])
    expect(await lookups.due(freshShop(), at(9))).toEqual([])
    const [first] = await lookups.due(connection, at(2))
    const answered = { connection, sku: 'A', at: at(1) }
    expect(await lookups.save(first, answered)).toBe(true)
    expect(await skusDue(lookups, connection, 9)).toEqual(['B#1'])
    expect(await lookups.find([{ connection, sku: 'A' }])).toEqual([answered])
  })

  test('nothing is requested twice, unless it was long ago', async () => {
    const [lookups, connection] = [open(), freshShop()]
    const ids = [{ connection, sku: 'A' }]
    await lookups.request(ids, { at: at(1) })
    await lookups.request(ids, { at: at(5) })
    await lookups.request(ids, { at: at(5), unlessSince: at(1) })
    expect(await lookups.find(ids)).toMatchObject([{ at: at(1) }])
    await lookups.request(ids, { at: at(5), unlessSince: at(2) })
    expect(await lookups.find(ids)).toMatchObject([{ at: at(5), dueAt: at(5) }])
  })

  test('an answer to what was requested anew meanwhile is none', async () => {
    const [lookups, connection] = [open(), freshShop()]
    const ids = [{ connection, sku: 'A' }]
    await lookups.request(ids, { at: at(1) })
    const [asked] = await lookups.find(ids)
    await lookups.request(ids, { at: at(3), unlessSince: at(3) })
    expect(await lookups.save(asked, { connection, sku: 'A', at: at(1) })).toBe(false)
    expect(await skusDue(lookups, connection, 3)).toEqual(['A'])
  })

  test('everything is requested beside single listings, and says what was compared last', async () => {
    const [lookups, connection] = [open(), freshShop()]
    const all = { connection, at: at(1), dueAt: at(1) }
    expect(await lookups.save(undefined, all)).toBe(true)
    expect(await lookups.save(undefined, all)).toBe(false)
    await lookups.request([{ connection, sku: 'A' }], { at: at(2) })
    expect(await skusDue(lookups, connection, 2)).toEqual([undefined, 'A'])
    const compared = { connection, at: at(1), compared: { at: at(3), listings: 7 } }
    expect(await lookups.save(all, compared)).toBe(true)
    expect(await lookups.save(all, compared)).toBe(false)
    expect(await lookups.find([{ connection }])).toEqual([compared])
    expect(await lookups.save(compared, { ...compared, dueAt: at(4) })).toBe(true)
    expect(await skusDue(lookups, connection, 4)).toEqual(['A', undefined])
  })

  test('a thousand are due at once', async () => {
    const [lookups, connection] = [open(), freshShop()]
    const ids = Array.from({ length: 1_100 }, (_, i) => ({ connection, sku: `S-${i}` }))
    await lookups.request(ids, { at: at(1) })
    expect(await lookups.due(connection, at(1))).toHaveLength(1_000)
  })
}
