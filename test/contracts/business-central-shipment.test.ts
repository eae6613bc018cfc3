import fc from 'fast-check'
import type { Call } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import {
  businessCentralAccount,
  effectOf,
  isWrite,
  ordersOf,
  parcel,
  type Stage,
  subjectOf,
} from '../support/business-central.ts'
import { tries } from '../support/laws.ts'

const create = effectOf('create-order')
const post = effectOf('post-shipment')
const lag = post.safety.by === 'lookup' ? post.safety.lagSeconds : 0
const start = subjectOf('discounts-shipping-tax')

async function posted(options = {}) {
  const stage = businessCentralAccount(options)
  const made = await create.make(stage.account, start)
  if (!made.ok) throw new Error(made.error.reason)
  stage.pass(60)
  const shipped = (shipment: Shipment, change: Partial<Subject> = {}): Subject => ({
    ...start,
    references: { erp: made.value },
    shipment,
    ...change,
  })
  return { stage, shipped }
}

const shipmentsOf = ({ twin }: Stage) =>
  // The twin's own documents: the shape is what the tests are about.
  (twin.state()['salesShipments'] ?? []) as readonly {
    number: string
    postingDate: string
    salesShipmentLines: { description2: string; quantity: number }[]
  }[]

const linesOf = (stage: Stage) =>
  shipmentsOf(stage).map(({ salesShipmentLines }) =>
    salesShipmentLines.map(({ description2, quantity }) => `${description2} ${quantity}`),
  )

const action = ({ url }: Call) => url.endsWith('/Microsoft.NAV.shipAndInvoice')

describe('a shipment', () => {
  test('posts what left and nothing else, and with the first parcel what is not goods', async () => {
    const { stage, shipped } = await posted()
    expect(await post.make(stage.account, shipped(parcel('1', { 11: 1 })))).toEqual({
      ok: true,
      value: { id: expect.any(String), number: 'S-SHPT102001' },
    })
    const charges = ['~shipping1', '~tip1', '~discount', '~tax'].map((key) => `cd:${key} p:1 1`)
    expect(linesOf(stage)).toEqual([['cd:11 p:1 1', ...charges]])
    const shipped11 = ordersOf(stage)[0]?.salesOrderLines.map((line) => line.shippedQuantity)
    expect(shipped11).toEqual([0, 1, 0, 1, 1, 1, 1])

    await post.make(stage.account, shipped(parcel('2', { 11: 1, 12: 1 })))
    expect(linesOf(stage)[1]).toEqual(['cd:11 p:2 1', 'cd:12 p:2 1'])
    expect(shipmentsOf(stage)).toMatchObject([
      { postingDate: '2026-11-20' },
      { number: 'S-SHPT102002' },
    ])
    expect(stage.twin.state()).toMatchObject({ salesOrders: [], salesInvoices: { length: 2 } })
  })

  test('is found by its parcel, also when the order is over', async () => {
    const { stage, shipped } = await posted()
    const [first, second] = [parcel('1', { 11: 2 }), parcel('2', { 12: 1 })]
    const made = await post.make(stage.account, shipped(first))
    expect(await post.look(stage.account, shipped(second))).toEqual({ ok: true, value: undefined })
    await post.make(stage.account, shipped(second))
    expect(await post.look(stage.account, shipped(first))).toEqual(made)
    expect(await post.look(stage.account, shipped(second))).toMatchObject({
      value: { number: 'S-SHPT102002' },
    })
  })

  test('is found whichever release of the order it is of', async () => {
    const { stage, shipped } = await posted()
    const anew = shipped(parcel('1', { 11: 1 }), { round: 2 })
    const made = await post.make(stage.account, anew)
    expect(made.ok).toBe(true)
    expect(await post.look?.(stage.account, anew)).toEqual(made)
  })

  test('keeps a mark of its own whatever the warehouse calls it', async () => {
    const { stage, shipped } = await posted()
    const long = 'a'.repeat(60)
    await post.make(stage.account, shipped(parcel(`${long}1`, { 11: 1 })))
    for (const id of [`${long}2`, 'a/1', 'a 1', 'ä1', '1']) {
      const subject = shipped(parcel(id, { 11: 1 }))
      expect(await post.look(stage.account, subject)).toEqual({ ok: true, value: undefined })
    }
    expect(await post.look(stage.account, shipped(parcel(`${long}1`, { 11: 1 })))).toMatchObject({
      value: { number: 'S-SHPT102001' },
    })
  })

  test('is posted once though its answer is lost and the index lags', async () => {
    const { stage, shipped } = await posted()
    const subject = shipped(parcel('1', { 11: 1 }))
    stage.account.misbehave('commit-then-drop', { which: action })
    expect(await post.make(stage.account, subject)).toMatchObject({ error: { next: 'doubt' } })
    stage.world.lag = true
    expect(await post.look(stage.account, subject)).toEqual({ ok: true, value: undefined })
    stage.pass(lag)
    expect(await post.look(stage.account, subject)).toMatchObject({
      value: { number: 'S-SHPT102001' },
    })
    expect(shipmentsOf(stage)).toHaveLength(1)
  })

  test('that is posted and not to be seen yet is in doubt', async () => {
    const { stage, shipped } = await posted()
    stage.world.lag = true
    expect(await post.make(stage.account, shipped(parcel('1', { 11: 1 })))).toMatchObject({
      error: { next: 'doubt', reason: 'posted, but not to be seen yet' },
    })
  })

  test('is posted once whatever goes wrong on the way, for who waits after a doubt', async () => {
    const how = fc.constantFrom('commit-then-drop', 'drop', 'throttle', 'unavailable', 'html')
    const plan = fc.array(fc.record({ how, skip: fc.nat(12) }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(plan, fc.boolean(), async (plans, lagging) => {
        const { stage, shipped } = await posted()
        stage.world.lag = lagging
        for (const shipment of [parcel('1', { 11: 1 }), parcel('2', { 11: 1, 12: 1 })]) {
          for (let n = 0; n < 30; n++) {
            const worker = stage.worker()
            const next = plans.shift()
            if (next) worker.misbehave(next.how, { which: skip(next.skip) })
            const found = await post.look(worker, shipped(shipment))
            if (found.ok && found.value) break
            const made = found.ok ? await post.make(worker, shipped(shipment)) : found
            if (!made.ok && made.error.next === 'doubt') stage.pass(lag)
          }
        }
        const goods = linesOf(stage).map((lines) => lines.filter((line) => !line.includes('~')))
        expect(goods).toEqual([['cd:11 p:1 1'], ['cd:11 p:2 1', 'cd:12 p:2 1']])
      }),
      tries(25),
    )
  })

  test('reads anew when somebody changed a line meanwhile', async () => {
    const { stage, shipped } = await posted()
    const line = ordersOf(stage)[0]?.salesOrderLines[2]
    let once = true
    const account: typeof stage.account = {
      ...stage.account,
      send: async (call) => {
        if (isWrite(call) && once) {
          once = false
          const path = `salesOrders(${ordersOf(stage)[0]?.id})/salesOrderLines(${line?.id})`
          await stage.ask('PATCH', path, { etag: '*', body: { shipQuantity: 1 } })
        }
        return stage.account.send(call)
      },
    }
    await post.make(account, shipped(parcel('1', { 11: 1 })))
    expect(linesOf(stage)[0]).not.toContain('cd:12 1')
    expect(linesOf(stage)[0]?.[0]).toBe('cd:11 p:1 1')
  })

  test('of an order that goes in that moment is tried again, and halts nothing', async () => {
    const { stage, shipped } = await posted()
    const account: typeof stage.account = {
      ...stage.account,
      send: async (call) => {
        const path = `salesOrders(${ordersOf(stage)[0]?.id})`
        if (action(call)) await stage.ask('DELETE', path, { etag: '*' })
        return stage.account.send(call)
      },
    }
    expect(await post.make(account, shipped(parcel('1', { 11: 1 })))).toMatchObject({
      error: { next: 'retry', reason: expect.stringContaining('gone') },
    })
    expect(shipmentsOf(stage)).toEqual([])
  })

  test('invoices what leaves, whatever somebody proposed for the other lines', async () => {
    const { stage, shipped } = await posted()
    const [order] = ordersOf(stage)
    const path = `salesOrders(${order?.id})/salesOrderLines(${order?.salesOrderLines[2]?.id})`
    const body = { shipQuantity: 0, invoiceQuantity: 1 }
    await stage.ask('PATCH', path, { etag: '*', body })
    await post.make(stage.account, shipped(parcel('1', { 11: 1 })))
    expect(ordersOf(stage)[0]?.salesOrderLines[2]).toMatchObject({ invoicedQuantity: 0 })
  })

  test('of a bundle ships its components', async () => {
    const components = [
      { sku: 'CUP', quantity: 4 },
      { sku: 'BOX', quantity: 1 },
    ]
    const lines = start.lines.map((line) => (line.id === '11' ? { ...line, components } : line))
    const stage = businessCentralAccount()
    const made = await create.make(stage.account, { ...start, lines })
    const references = made.ok ? { erp: made.value } : {}
    await post.make(stage.account, {
      ...start,
      lines,
      references,
      shipment: parcel('1', { 11: 1 }),
    })
    expect(linesOf(stage)[0]?.slice(0, 2)).toEqual(['cd:11/1 p:1 4', 'cd:11/2 p:1 1'])
  })

  test.each([
    ['more than is open', { 11: 3 }, 'over-shipped', '3 of line 11 left and 2 are open'],
    ['a line that nobody knows', { 99: 1 }, 'unknown-shipment-line', 'has no line 99'],
  ])('of %s is an exception, and posts nothing', async (_, units, code, reason) => {
    const { stage, shipped } = await posted()
    expect(await post.make(stage.account, shipped(parcel('1', units)))).toMatchObject({
      error: { code, reason: expect.stringContaining(reason) },
    })
    expect(shipmentsOf(stage)).toEqual([])
  })

  test('of an order that is over, or is not there, is an exception', async () => {
    const { stage, shipped } = await posted()
    await post.make(stage.account, shipped(parcel('1', { 11: 2, 12: 1 })))
    expect(await post.make(stage.account, shipped(parcel('2', { 11: 1 })))).toMatchObject({
      error: { code: 'already-fulfilled', reason: expect.stringContaining('S-ORD101001') },
    })
    const { account } = businessCentralAccount()
    expect(await post.make(account, shipped(parcel('1', { 11: 1 })))).toMatchObject({
      error: { code: 'order-not-found' },
    })
  })

  test('leaves the lines that people added as they set them', async () => {
    const { stage, shipped } = await posted()
    const path = `salesOrders(${ordersOf(stage)[0]?.id})/salesOrderLines`
    const body = { lineType: 'Account', lineObjectNumber: '6840', quantity: 2, unitPrice: 4 }
    const added = await stage.ask('POST', path, { body: { ...body, shipQuantity: 1 } })
    expect(added.status).toBe(201)
    await post.make(stage.account, shipped(parcel('1', { 11: 1 })))
    expect(linesOf(stage)[0]).toContain(' 1')
  })
})

test('the action posts the shipment even where it answers that there is no invoice: a doubt', async () => {
  const { stage, shipped } = await posted()
  const [order] = ordersOf(stage)
  for (const line of order?.salesOrderLines.slice(1) ?? []) {
    await stage.ask('PATCH', `salesOrders(${order?.id})/salesOrderLines(${line.id})`, {
      etag: '*',
      body: { shipQuantity: 1, invoiceQuantity: 0 },
    })
  }
  const answer = await stage.ask('POST', `salesOrders(${order?.id})/Microsoft.NAV.shipAndInvoice`)
  expect(answer).toMatchObject({
    status: 400,
    body: expect.stringContaining('Internal_DataNotFoundFilter'),
  })
  expect(shipmentsOf(stage)).toHaveLength(1)
  const account: typeof stage.account = {
    ...stage.account,
    send: async (call) =>
      action(call)
        ? { ok: true, value: { status: answer.status, headers: {}, body: answer.body ?? '' } }
        : stage.account.send(call),
  }
  expect(await post.make(account, shipped(parcel('2', { 11: 1 })))).toMatchObject({
    error: { next: 'doubt' },
  })
})

const skip = (count: number) => {
  let seen = 0
  return () => seen++ >= count
}
