import type { Addition, CrossReferenceStore, Waiting } from '../../domain/ports.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Thing } from '../../schemas/stored/cross-reference.ts'
import { orderId, seconds } from './orders.ts'

let opened = 0

/** A connection that no other test speaks of. */
export function freshConnection(): ConnectionId {
  opened += 1
  return ConnectionId.parse(`netsuite/contract-${opened}`)
}

export const sku = (connection: ConnectionId, code: string): Thing => ({
  connection,
  kind: 'sku',
  code,
})

export const called = (thing: Thing, name: string, from = seconds(0)): Addition => ({
  ...thing,
  told: [{ naming: { from, name } }],
})

/** What every store of cross-references does. */
export function crossReferencesContract(open: () => CrossReferenceStore): void {
  const store = open()

  test('finds things that have names, each once, and leaves out the others', async () => {
    const at = freshConnection()
    await store.add([called(sku(at, 'A'), 'a'), called(sku(at, 'B#C'), 'b c')])
    const things = [sku(at, 'A'), sku(at, 'A'), sku(at, 'B#C'), sku(at, 'D')]
    for (const as of ['now', 'lately', 'lately'] as const) {
      const found = await store.find(things, as)
      expect(found.map(({ code, names }) => [code, names]).toSorted()).toEqual([
        ['A', [{ from: seconds(0), name: 'a' }]],
        ['B#C', [{ from: seconds(0), name: 'b c' }]],
      ])
    }
  })

  test('adds to what is there, and says how much of it is new', async () => {
    const at = freshConnection()
    const first = [called(sku(at, 'A'), 'a'), called(sku(at, 'B'), 'b')]
    expect(await store.add(first)).toEqual([sku(at, 'A'), sku(at, 'B')])
    expect(await store.add(first)).toEqual([])
    expect(await store.add([called(sku(at, 'A'), 'a2', seconds(9))])).toEqual([sku(at, 'A')])
    expect(await store.find([sku(at, 'A')], 'now')).toMatchObject([
      { names: [{ name: 'a' }, { name: 'a2' }] },
    ])
  })

  test('one connection’s names and waits are not another’s', async () => {
    const [one, other] = [freshConnection(), freshConnection()]
    await store.add([called(sku(one, 'A'), 'a')])
    await store.wait([{ ...sku(one, 'B'), orderId, intentId: 'create-order' }])
    expect(await store.find([sku(other, 'A')], 'now')).toEqual([])
    expect(await store.waiting(other)).toEqual([])
  })

  test('keeps who waits until they are let go, each once', async () => {
    const at = freshConnection()
    const waiting: Waiting[] = ['A', 'B'].map((code) => ({
      ...sku(at, code),
      orderId,
      intentId: 'create-order',
    }))
    await store.wait(waiting)
    await store.wait(waiting)
    expect((await store.waiting(at)).toSorted((a, b) => (a.code < b.code ? -1 : 1))).toEqual(
      waiting,
    )
    await store.release(waiting.slice(0, 1))
    expect(await store.waiting(at)).toEqual(waiting.slice(1))
  })

  test('lists everything that has a name', async () => {
    const at = freshConnection()
    await store.add(Array.from({ length: 250 }, (_, i) => called(sku(at, `S${i}`), `s${i}`)))
    await store.wait([{ ...sku(at, 'X'), orderId, intentId: 'create-order' }])
    const codes: string[] = []
    for await (const { connection, code } of store.all()) if (connection === at) codes.push(code)
    expect(codes).toHaveLength(250)
    expect(new Set(codes).size).toBe(250)
  })
}
