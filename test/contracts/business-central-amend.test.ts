import fc from 'fast-check'
import type { Call } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { Order } from '../../schemas/canonical/order.ts'
import {
  businessCentralAccount,
  effectOf,
  isWrite,
  ordersOf,
  parcel,
  remaining,
  type Stage,
  subjectOf,
} from '../support/business-central.ts'
import { tries } from '../support/laws.ts'

const create = effectOf('create-order')
const amend = effectOf('amend-order')
const cancel = effectOf('cancel-order')
const post = effectOf('post-shipment')
const lag = amend.safety.by === 'lookup' ? amend.safety.lagSeconds : 0

const start = subjectOf('discounts-shipping-tax')

/** The order as people made it at the channel: other address, a unit and the tip gone, a line and a note more. */
const edited: Subject = (() => {
  const { shipTo } = start.order.people
  const [first, second] = start.order.lines
  const order = Order.parse({
    ...start.order,
    lines: [first, second, { ...second, id: '13', sku: 'SKU-13', title: 'Item 13' }],
    charges: [],
    people: {
      ...start.order.people,
      shipTo: { ...shipTo, city: 'Gatineau', address2: undefined },
      note: 'Ring twice',
    },
  })
  const lines = order.lines.map(remaining)
  return {
    order,
    lines: lines.map((line) => (line.id === '11' ? { ...line, quantity: 1 } : line)),
    references: {},
  }
})()

async function posted(stage: Stage, subject = start): Promise<Subject['references']> {
  const made = await create.make(stage.account, subject)
  if (!made.ok) throw new Error(made.error.reason)
  return { erp: made.value }
}

const linesOf = (stage: Stage) =>
  ordersOf(stage)[0]?.salesOrderLines.map(
    ({ description2, quantity }) => `${description2} ${quantity}`,
  )

const asEdited = [
  'cd:~order 0',
  'cd:11 1',
  'cd:12 1',
  'cd:~shipping1 1',
  'cd:~discount 1',
  'cd:~tax 1',
  'cd:13 1',
  'cd:~note 0',
]

const methodsOf = (calls: readonly Call[]) => calls.filter(isWrite).map(({ method }) => method)

describe('an amendment', () => {
  test('changes what differs, adds what is new, drops what is gone, and leaves the rest', async () => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    const before = stage.account.calls.length
    const wanted = { ...edited, references }
    expect(await amend.look(stage.account, wanted)).toEqual({ ok: true, value: undefined })
    const made = await amend.make(stage.account, wanted)
    expect(made).toEqual({ ok: true, value: references.erp })
    expect(linesOf(stage)).toEqual(asEdited)
    expect(ordersOf(stage)).toMatchObject([{ shipToCity: 'Gatineau', shipToAddressLine2: '' }])
    // Head, tip, unit and tax, line and note.
    expect(methodsOf(stage.account.calls.slice(before))).toEqual([
      'PATCH',
      'DELETE',
      'PATCH',
      'PATCH',
      'POST',
      'POST',
    ])
    expect(await amend.look(stage.account, wanted)).toEqual(made)
  })

  test('of what stands already sends nothing', async () => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    const before = stage.account.calls.length
    expect(await amend.make(stage.account, { ...start, references })).toMatchObject({ ok: true })
    expect(methodsOf(stage.account.calls.slice(before))).toEqual([])
  })

  test('says which version it changes, every time', async () => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    const before = stage.account.calls.length
    await amend.make(stage.account, { ...edited, references })
    const changes = stage.account.calls
      .slice(before)
      .filter(({ method }) => ['PATCH', 'DELETE'].includes(method))
    expect(changes.map(({ headers }) => headers?.['if-match'])).toEqual(
      changes.map(() => expect.stringMatching(/^W\//)),
    )
  })

  test.each([1, 2, 3, 4])('reads anew when somebody is faster before write %i', async (nth) => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    const [order] = ordersOf(stage)
    const line = order?.salesOrderLines[1]
    let writes = 0
    const account: typeof stage.account = {
      ...stage.account,
      send: async (call) => {
        if (isWrite(call) && ++writes === nth) {
          const [now] = ordersOf(stage)
          const path = `salesOrders(${order?.id})`
          await stage.ask('PATCH', path, { etag: '*', body: { phoneNumber: '+1 613 555 0199' } })
          await stage.ask('PATCH', `${path}/salesOrderLines(${line?.id})`, {
            etag: '*',
            body: { description: `Renamed ${now?.number}` },
          })
        }
        return stage.account.send(call)
      },
    }
    expect(await amend.make(account, { ...edited, references })).toMatchObject({ ok: true })
    expect(linesOf(stage)).toEqual(asEdited)
    expect(ordersOf(stage)[0]?.salesOrderLines[1]).toMatchObject({ description: 'Item 11' })
  })

  test('tries again later when somebody changes the order all the time', async () => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    const account: typeof stage.account = {
      ...stage.account,
      send: async (call) => {
        if (isWrite(call)) {
          const path = `salesOrders(${references.erp?.id})`
          await stage.ask('PATCH', path, { etag: '*', body: {} })
        }
        return stage.account.send(call)
      },
    }
    expect(await amend.make(account, { ...edited, references })).toMatchObject({
      error: { next: 'retry', reason: expect.stringContaining('keeps changing') },
    })
  })

  test('leaves the lines that people added, and says that the total is another', async () => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    const path = `salesOrders(${references.erp?.id})/salesOrderLines`
    const body = { lineType: 'Account', lineObjectNumber: '6840', quantity: 1, unitPrice: 4 }
    await stage.ask('POST', path, { body: { ...body, description: 'Gift wrap' } })
    const made = await amend.make(stage.account, { ...edited, references })
    expect(linesOf(stage)).toContain(' 1')
    expect(made).toMatchObject({
      ok: true,
      value: { differs: expect.stringMatching(/makes \S+ of \S+ USD in sales order S-ORD101001/) },
    })
  })

  test('drops a line that stands twice, and adds none that a late request added meanwhile', async () => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    const path = `salesOrders(${references.erp?.id})/salesOrderLines`
    const tip = { lineType: 'Account', lineObjectNumber: '6820', description: 'Tip', quantity: 1 }
    const doubled = { ...tip, description2: 'cd:~tip1', unitPrice: 1.5, taxCode: 'ZERO' }
    await stage.ask('POST', path, { body: doubled })
    let once = true
    const account: typeof stage.account = {
      ...stage.account,
      send: async (call) => {
        if (isWrite(call) && once) {
          once = false
          const late = { lineType: 'Comment', description: 'Ring twice', description2: 'cd:~note' }
          await stage.ask('POST', path, { body: late })
        }
        return stage.account.send(call)
      },
    }
    const people = { ...edited.order.people }
    const noted = { ...start, order: { ...start.order, people }, references }
    const before = stage.account.calls.length
    expect(await amend.make(account, noted)).toMatchObject({ ok: true })
    expect(linesOf(stage)?.filter((line) => /tip|note/.test(line))).toEqual([
      'cd:~tip1 1',
      'cd:~note 0',
    ])
    expect(methodsOf(stage.account.calls.slice(before))).not.toContain('POST')
  })

  test('of another article is another line', async () => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    const [first, ...others] = start.order.lines
    const order = Order.parse({ ...start.order, lines: [{ ...first, sku: 'SKU-99' }, ...others] })
    const made = await amend.make(stage.account, { ...start, order, references })
    expect(made).toMatchObject({ ok: true })
    const numbers = ordersOf(stage)[0]?.salesOrderLines.map((line) => line.lineObjectNumber)
    expect(numbers).toContain('SKU-99')
    expect(numbers).not.toContain('SKU-11')
  })

  test.each([
    ['below what left', { 11: 1 }],
    ['of a line that left', { 11: 0 }],
  ])('%s is an exception, and changes nothing', async (_, left) => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    await post.make(stage.account, { ...start, references, shipment: parcel('1', { 11: 2 }) })
    const before = linesOf(stage)
    const lines = start.lines.map((line) => ({
      ...line,
      quantity: line.id === '11' ? left[11] : line.quantity,
    }))
    expect(await amend.make(stage.account, { ...start, lines, references })).toMatchObject({
      error: {
        code: 'already-fulfilled',
        reason: '2 of line 11 are shipped in sales order S-ORD101001',
      },
    })
    expect(linesOf(stage)).toEqual(before)
  })

  test('after a part was shipped changes the rest, and keeps the mark of the parcel', async () => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    const shipment = parcel('1', { 11: 1 })
    await post.make(stage.account, { ...start, references, shipment })
    const lines = start.lines.map((line) => ({ ...line, quantity: line.id === '11' ? 2 : 3 }))
    expect(await amend.make(stage.account, { ...start, lines, references })).toMatchObject({
      ok: true,
    })
    expect(linesOf(stage)).toContain('cd:12 3')
    expect(linesOf(stage)).toContain('cd:11 p:1 2')
    expect(await post.look(stage.account, { ...start, references, shipment })).toMatchObject({
      value: { number: 'S-SHPT102001' },
    })
  })

  test('of an order that goes in that moment is tried again, and halts nothing', async () => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    const account: typeof stage.account = {
      ...stage.account,
      send: async (call) => {
        const path = `salesOrders(${references.erp?.id})`
        if (call.method === 'POST' && call.url.endsWith('Lines')) {
          await stage.ask('DELETE', path, { etag: '*' })
        }
        return stage.account.send(call)
      },
    }
    expect(await amend.make(account, { ...edited, references })).toMatchObject({
      error: { next: 'retry', reason: expect.stringContaining('gone') },
    })
  })

  test('of an order that is not there, or is over, says so', async () => {
    const stage = businessCentralAccount()
    const references = { erp: { id: '00000000-0000-4000-8000-000000000009', number: 'S-ORD9' } }
    expect(await amend.make(stage.account, { ...edited, references })).toMatchObject({
      error: { code: 'order-not-found', reason: 'Business Central has no sales order S-ORD9' },
    })
    const standing = await posted(stage)
    const shipment = parcel('1', { 11: 2, 12: 1 })
    await post.make(stage.account, { ...start, references: standing, shipment })
    expect(await amend.make(stage.account, { ...edited, references: standing })).toMatchObject({
      error: { code: 'already-fulfilled' },
    })
  })

  test('ends as asked whatever goes wrong on the way, without a line too many', async () => {
    const how = fc.constantFrom('commit-then-drop', 'drop', 'throttle', 'unavailable', 'html')
    const plan = fc.array(fc.record({ how, skip: fc.nat(8) }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(plan, async (plans) => {
        const stage = businessCentralAccount()
        const wanted = { ...edited, references: await posted(stage) }
        for (let n = 0; n < 30; n++) {
          const worker = stage.worker()
          const next = plans.shift()
          if (next) worker.misbehave(next.how, { which: skip(next.skip) })
          const found = await amend.look(worker, wanted)
          if (found.ok && found.value) break
          const made = found.ok ? await amend.make(worker, wanted) : found
          if (!made.ok && made.error.next === 'doubt') stage.pass(lag)
        }
        expect(linesOf(stage)?.toSorted()).toEqual(asEdited.toSorted())
      }),
      tries(30),
    )
  })
})

describe('a cancellation', () => {
  test('deletes the order, once', async () => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    const subject = { ...start, references }
    expect(await cancel.look(stage.account, subject)).toEqual({ ok: true, value: undefined })
    expect(await cancel.make(stage.account, subject)).toEqual({ ok: true, value: references.erp })
    expect(ordersOf(stage)).toEqual([])
    expect(await cancel.look(stage.account, subject)).toEqual({ ok: true, value: references.erp })
    expect(await cancel.make(stage.account, subject)).toEqual({ ok: true, value: references.erp })
  })

  test('reads anew when somebody changed the order meanwhile', async () => {
    const stage = businessCentralAccount()
    const references = await posted(stage)
    let once = true
    const account: typeof stage.account = {
      ...stage.account,
      send: async (call) => {
        if (isWrite(call) && once) {
          once = false
          const path = `salesOrders(${references.erp?.id})`
          await stage.ask('PATCH', path, { etag: '*', body: { phoneNumber: '1' } })
        }
        return stage.account.send(call)
      },
    }
    expect(await cancel.make(account, { ...start, references })).toMatchObject({ ok: true })
    expect(ordersOf(stage)).toEqual([])
  })

  test('of an order that left, in part or whole, is an exception', async () => {
    const all: readonly Readonly<Record<string, number>>[] = [{ 11: 1 }, { 11: 2, 12: 1 }]
    for (const units of all) {
      const stage = businessCentralAccount()
      const references = await posted(stage)
      await post.make(stage.account, { ...start, references, shipment: parcel('1', units) })
      const subject = { ...start, references }
      expect(await cancel.look(stage.account, subject)).toEqual({ ok: true, value: undefined })
      expect(await cancel.make(stage.account, subject)).toMatchObject({
        error: { code: 'already-fulfilled' },
      })
    }
  })

  test('of an order that was never there says so', async () => {
    const { account } = businessCentralAccount()
    expect(await cancel.make(account, start)).toMatchObject({ error: { code: 'order-not-found' } })
  })
})

const skip = (count: number) => {
  let seen = 0
  return () => seen++ >= count
}
