import { netsuite } from '../../connectors/netsuite/index.ts'
import type { Call } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { sumOfParts } from '../../domain/order/sum.ts'
import { Order, type People } from '../../schemas/canonical/order.ts'
import { isWrite, netsuiteAccount, subjectOf } from '../support/netsuite.ts'

const effect = (
  name: keyof typeof netsuite.accounting.effects,
): Effect & Required<Pick<Effect, 'look'>> => {
  const found = netsuite.accounting.effects[name]
  if (!found?.look) throw new Error(`${name} cannot be looked up`)
  return { ...found, look: found.look }
}
const create = effect('create-order')
const amend = effect('amend-order')
const cancel = effect('cancel-order')
const post = effect('post-shipment')

/** Two of line 11 at 10.00 less 3.33, one of line 12 less 5.00, shipping, a tip, a discount, tax. */
const subject = subjectOf('discounts-shipping-tax')

type Stage = ReturnType<typeof netsuiteAccount>

interface Shown {
  readonly total: number
  readonly memo: string
  readonly orderStatus: { readonly id: string }
  readonly shippingAddress: Readonly<Record<string, unknown>>
  readonly item: {
    readonly items: readonly {
      readonly line: number
      readonly quantity: number
      readonly isClosed: boolean
      readonly custcol_crossdock_line?: string
      readonly item: { readonly refName: string }
    }[]
  }
}

// Written by the twin.
const orderOf = ({ twin }: Stage) => (twin.state()['salesOrders'] as readonly Shown[])[0]

const linesOf = (stage: Stage) =>
  orderOf(stage)?.item.items.map(
    ({ line, quantity, custcol_crossdock_line: key }) => `${line}: ${quantity} of ${key}`,
  )

/** The same order with so many units of its lines left. */
const left = (units: Readonly<Record<string, number>>, of: Subject = subject): Subject => ({
  ...of,
  lines: of.lines.map(({ id, quantity }) => ({ id, quantity: units[id] ?? quantity })),
})

const withPeople = (change: People): Subject => ({
  ...subject,
  order: { ...subject.order, people: { ...subject.order.people, ...change } },
})

async function posted(): Promise<Stage> {
  const stage = netsuiteAccount()
  expect(await create.make(stage.account, subject)).toMatchObject({ ok: true })
  return stage
}

const ship = (stage: Stage, lines: readonly (readonly [string, number])[]) =>
  post.make(stage.account, {
    ...subject,
    shipment: {
      id: String(lines.length),
      lines: lines.map(([id, quantity]) => ({ id, quantity })),
      shippedAt: '2026-11-21T09:30:00.000Z',
    },
  })

const patches = ({ account }: Stage): readonly Call[] =>
  account.calls.filter(({ method }) => method === 'PATCH')

describe('an amended order', () => {
  test('has the lines and the total that are asked now, and none of them twice', async () => {
    const stage = await posted()
    const before = linesOf(stage)
    expect(await amend.make(stage.account, left({ '11': 1 }))).toEqual({
      ok: true,
      value: { id: '1001', number: 'SO1001' },
    })
    expect(linesOf(stage)).toEqual(before?.map((line) => line.replace('2 of 11', '1 of 11')))
    const { total, memo } = orderOf(stage) ?? {}
    expect({ memo, total }).toEqual({ memo: 'shopify/demo-store, 75.40 USD', total: 75.4 })
    expect(patches(stage)).toMatchObject([{ url: expect.stringMatching(/1001\?replace=item$/) }])
  })

  test('loses the lines that are not asked for any more, and gains new ones at its end', async () => {
    const stage = await posted()
    const [first, second] = subject.order.lines
    const added = { ...first, id: '99', sku: 'SKU-99', discount: 0, tax: 0 }
    const none = { shipping: [], charges: [], discount: 0, tax: 0 }
    const bare = Order.parse({ ...subject.order, ...none, lines: [second, added] })
    const total = sumOfParts(bare)
    const order = { ...bare, total, currentTotal: total }
    const lines = [
      { id: '12', quantity: 1 },
      { id: '99', quantity: 2 },
    ]
    expect(await amend.make(stage.account, { ...subject, order, lines })).toMatchObject({
      ok: true,
    })
    expect(linesOf(stage)).toEqual([
      '3: 1 of 12',
      '4: 1 of ~discount-12',
      '9: 1 of ~tax',
      '10: 2 of 99',
    ])
    expect(orderOf(stage)?.item.items.at(-1)?.item.refName).toBe('SKU-99')
  })

  test('is another article where the channel says so', async () => {
    const stage = await posted()
    const lines = subject.order.lines.map((line) =>
      line.id === '11' ? { ...line, sku: 'SKU-RED' } : line,
    )
    const order = Order.parse({ ...subject.order, lines })
    await amend.make(stage.account, { ...subject, order })
    expect(orderOf(stage)?.item.items[0]?.item.refName).toBe('SKU-RED')
    expect(linesOf(stage)?.[0]).toBe('1: 2 of 11')
  })

  test('goes to the new address, of which nothing of the old one is left', async () => {
    const stage = await posted()
    const shipTo = {
      name: 'New Person',
      address1: '2 Side Street',
      city: 'Oslo',
      countryCode: 'NO',
    }
    await amend.make(stage.account, withPeople({ shipTo }))
    expect(orderOf(stage)?.shippingAddress).toEqual({
      addressee: 'New Person',
      addr1: '2 Side Street',
      city: 'Oslo',
      country: { id: 'NO' },
    })
  })

  test('says what the buyer wrote', async () => {
    const stage = await posted()
    await amend.make(stage.account, withPeople({ note: 'Ring\ntwice' }))
    expect(orderOf(stage)?.memo).toBe('shopify/demo-store, 95.19 USD; Ring twice')
  })

  test('is amended once however often it is asked, and writes nothing when it is so already', async () => {
    const stage = await posted()
    const asked = left({ '11': 1 })
    expect(await amend.look(stage.account, asked)).toEqual({ ok: true, value: undefined })
    const first = await amend.make(stage.account, asked)
    const once = orderOf(stage)
    expect(await amend.make(stage.account, asked)).toEqual(first)
    expect(await amend.look(stage.account, asked)).toEqual(first)
    expect(patches(stage)).toHaveLength(1)
    const [patch] = patches(stage)
    await stage.ask('PATCH', 'salesOrder/1001?replace=item', JSON.parse(patch?.body ?? ''))
    expect(orderOf(stage)?.item).toEqual(once?.item)
  })

  test('is found as amended after its answer was lost', async () => {
    const stage = await posted()
    const asked = left({ '12': 0 })
    stage.account.misbehave('commit-then-drop', { which: isWrite })
    expect(await amend.make(stage.account, asked)).toMatchObject({ error: { next: 'doubt' } })
    expect(await amend.look(stage.account, asked)).toMatchObject({ value: { number: 'SO1001' } })
  })

  test('says that NetSuite makes another total of it', async () => {
    const stage = await posted()
    // Somebody's line stays, and counts.
    const gift = { item: { externalId: 'SAMPLE' }, quantity: 1, rate: 2, amount: 2 }
    await stage.ask('PATCH', 'salesOrder/1001', { item: { items: [gift] } })
    const made = await amend.make(stage.account, left({ '11': 1 }))
    expect(made).toMatchObject({
      value: { differs: expect.stringMatching(/NetSuite makes .* of/) },
    })
    expect(linesOf(stage)).toContain('10: 1 of undefined')
    expect(await amend.look(stage.account, left({ '11': 1 }))).toEqual(made)
  })

  test('that NetSuite does not have says so', async () => {
    const { account } = netsuiteAccount()
    expect(await amend.look(account, subject)).toEqual({ ok: true, value: undefined })
    expect(await amend.make(account, subject)).toMatchObject({
      error: { code: 'order-not-found' },
    })
  })

  test.each([
    ['cancelled', { orderStatus: { id: 'C' } }],
    ['closed', { item: { items: [1, 3, 5, 7, 9].map((line) => ({ line, isClosed: true })) } }],
    [
      'billed in full',
      {
        item: {
          items: [
            { line: 1, quantityFulfilled: 2, quantityBilled: 2 },
            { line: 3, quantityFulfilled: 1, quantityBilled: 1 },
            ...[5, 7, 9].map((line) => ({ line, quantityBilled: 1 })),
          ],
        },
      },
    ],
  ])(
    'that is %s in NetSuite is an exception in words, unless it is so already',
    async (word, change) => {
      const stage = await posted()
      await stage.ask('PATCH', 'salesOrder/1001', change)
      const writes = patches(stage).length
      const moved = { name: 'N', address1: '2 Side Street', city: 'Oslo', countryCode: 'NO' }
      expect(await amend.make(stage.account, withPeople({ shipTo: moved }))).toMatchObject({
        error: {
          next: 'except',
          code: 'effect-refused',
          reason: `sales order SO1001 is ${word} in NetSuite, so that it cannot be changed`,
        },
      })
      expect(patches(stage)).toHaveLength(writes)
      expect(await amend.make(stage.account, subject)).toMatchObject({ ok: true })
    },
  )

  test('in a closed accounting period is an exception that says so', async () => {
    const stage = await posted()
    stage.world.documents.put('closedPeriod', '2026-11', true)
    expect(await amend.make(stage.account, left({ '11': 1 }))).toMatchObject({
      error: {
        code: 'effect-refused',
        reason: expect.stringContaining('the accounting period is closed or locked'),
      },
    })
    stage.world.documents.put('closedPeriod', '2026-11', false)
    expect(await amend.make(stage.account, left({ '11': 1 }))).toMatchObject({ ok: true })
  })
})

describe('what has left', () => {
  test('stays when the rest is taken back', async () => {
    const stage = await posted()
    await ship(stage, [['11', 1]])
    const asked = left({ '11': 1, '12': 0 })
    const made = await amend.make(stage.account, asked)
    expect(made).toEqual({ ok: true, value: { id: '1001', number: 'SO1001' } })
    expect(linesOf(stage)?.slice(0, 2)).toEqual(['1: 1 of 11', '2: 1 of ~discount-11'])
    expect(linesOf(stage)?.filter((line) => line.includes('12'))).toEqual([])
    expect(orderOf(stage)?.orderStatus.id).toBe('F')
  })

  test('stays though less is asked, and the difference is said', async () => {
    const stage = await posted()
    await ship(stage, [
      ['11', 2],
      ['12', 1],
    ])
    const asked = left({ '11': 1, '12': 0 })
    const made = await amend.make(stage.account, asked)
    expect(made).toMatchObject({
      value: {
        differs: expect.stringContaining(
          '2 of line 11 are fulfilled or billed in NetSuite, and 1 were asked for; 1 of line 12',
        ),
      },
    })
    expect(linesOf(stage)).toEqual(expect.arrayContaining(['1: 2 of 11', '3: 1 of 12']))
    expect(await amend.look(stage.account, asked)).toEqual(made)
  })

  test('can still leave after more was asked for again', async () => {
    const stage = await posted()
    await amend.make(stage.account, left({ '12': 0 }))
    expect(await ship(stage, [['12', 1]])).toMatchObject({
      error: { code: 'unknown-shipment-line' },
    })
    await amend.make(stage.account, subject)
    expect(orderOf(stage)?.total).toBe(95.19)
    expect(await ship(stage, [['12', 1]])).toMatchObject({ ok: true })
  })

  test('of a line that somebody closed is said to be missing', async () => {
    const stage = await posted()
    await stage.ask('PATCH', 'salesOrder/1001', { item: { items: [{ line: 3, isClosed: true }] } })
    expect(await amend.make(stage.account, left({ '11': 1 }))).toMatchObject({
      value: { differs: 'line 12 is closed in NetSuite, and 1 of it were asked for' },
    })
    expect(orderOf(stage)?.item.items[2]?.isClosed).toBe(true)
  })
})

describe('an order of which nothing is to stand', () => {
  const nothing: Subject = {
    ...subject,
    lines: subject.lines.map(({ id }) => ({ id, quantity: 0 })),
    order: { ...subject.order, shipping: [], charges: [], discount: 0, tax: 0 },
  }

  test('is closed, and opens again when something is', async () => {
    const stage = await posted()
    const closed = await amend.make(stage.account, nothing)
    expect(closed).toEqual({ ok: true, value: { id: '1001', number: 'SO1001' } })
    expect(orderOf(stage)).toMatchObject({ orderStatus: { id: 'H' }, total: 95.19 })
    expect(await amend.look(stage.account, nothing)).toEqual(closed)
    expect(await cancel.look(stage.account, nothing)).toEqual(closed)
    expect(await amend.make(stage.account, subject)).toEqual(closed)
    expect(orderOf(stage)).toMatchObject({ orderStatus: { id: 'B' }, total: 95.19 })
    expect(orderOf(stage)?.item.items.filter(({ isClosed }) => isClosed)).toEqual([])
  })

  test('opens again for a parcel that left while it was cancelled', async () => {
    const stage = await posted()
    await cancel.make(stage.account, subject)
    expect(await ship(stage, [['11', 1]])).toMatchObject({ error: { next: 'except' } })
    await amend.make(stage.account, left({ '11': 1, '12': 0 }))
    expect(await ship(stage, [['11', 1]])).toMatchObject({ ok: true })
  })
})
