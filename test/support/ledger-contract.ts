import { decide } from '../../domain/order/decide.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { unknownOrder } from '../../domain/order/state.ts'
import type { Commit, Ledger } from '../../domain/ports.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { orderOf, policy, shop, start } from './orders.ts'

let placed = 0
function newId(): OrderId {
  placed += 1
  return orderIdOf(shop, `contract-${placed}`)
}

/** The first commit of an order: captured, with its document. */
export function captureOf(id: OrderId, change: Parameters<typeof orderOf>[0] = {}): Commit {
  const order = orderOf({ ...change, id })
  const before = unknownOrder(id)
  const fact = { type: 'snapshot', order, authority: 'body', receivedAt: start, at: start } as const
  const { events, after } = decide(before, fact, policy)
  return { before, after: { ...after, rev: 1 }, events, at: start, order }
}

/** The second: a worker takes its first effect. */
export const claimOf = ({ after }: Commit): Commit => {
  const fact = { type: 'claim', intentId: 'create-order', leaseSeconds: 15, at: start } as const
  const decision = decide(after, fact, policy)
  return { before: after, after: { ...decision.after, rev: 2 }, events: decision.events, at: start }
}

/** What a ledger owes to those who decide. */
export function ledgerContract(open: () => Ledger): void {
  test('knows nothing of an order at first', async () => {
    const ledger = open()
    expect(await ledger.load(newId())).toBeUndefined()
    expect((await ledger.open(newId(), 'desk')).order).toBeUndefined()
  })

  test('gives back what was committed, personal data included', async () => {
    const ledger = open()
    const commit = captureOf(newId())
    expect(await ledger.commit(commit)).toBe(true)
    expect(await ledger.load(commit.after.id)).toEqual(JSON.parse(JSON.stringify(commit.after)))
    expect((await ledger.open(commit.after.id, 'desk')).order).toEqual(commit.order)
  })

  test('refuses a second beginning, and keeps the first whole', async () => {
    const ledger = open()
    const id = newId()
    await ledger.commit(captureOf(id))
    expect(await ledger.commit(captureOf(id, { number: 'other', people: {} }))).toBe(false)
    expect((await ledger.open(id, 'desk')).order?.number).toBe('#1001')
    expect((await ledger.open(id, 'desk')).order?.people.shipTo?.city).toBe('Town')
  })

  test('refuses a step from a state that is no longer so', async () => {
    const ledger = open()
    const first = captureOf(newId())
    await ledger.commit(first)
    const claim = claimOf(first)
    expect(await ledger.commit(claim)).toBe(true)
    expect(await ledger.commit(claim)).toBe(false)
    expect((await ledger.load(first.after.id))?.rev).toBe(2)
  })

  test('lets one of many writers through', async () => {
    const ledger = open()
    const first = captureOf(newId())
    const begun = await Promise.all(Array.from({ length: 5 }, () => ledger.commit(first)))
    expect(begun.filter(Boolean)).toHaveLength(1)
    const claims = await Promise.all(Array.from({ length: 5 }, () => ledger.commit(claimOf(first))))
    expect(claims.filter(Boolean)).toHaveLength(1)
  })

  test('keeps the adopted document when later steps bring none', async () => {
    const ledger = open()
    const first = captureOf(newId())
    await ledger.commit(first)
    await ledger.commit(claimOf(first))
    expect((await ledger.open(first.after.id, 'desk')).order).toEqual(first.order)
  })
}
