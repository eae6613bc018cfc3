import { Accepted, ExceptionPage } from '../../schemas/api/exception-record.ts'
import { OrderList, OrderView } from '../../schemas/api/order-view.ts'
import { Timeline } from '../../schemas/api/timeline.ts'
import { type Api, apiOf, bodyOf, problemIn } from './support/api.ts'
import { type OpenedHub, open } from './support/open-hub.ts'
import { erp, eventually, isComplete, shop, stands } from './support/outside.ts'
import { later, sold } from './support/sold.ts'
import { type Submitted, submitted } from './support/submitted.ts'

let hub: OpenedHub
let api: Api
beforeAll(async () => {
  hub = await open()
  api = apiOf(hub.ready)
})
afterAll(() => hub.hub.close())

const orders = '/channels/order-api/point-of-sale/orders'
const submit = async ({ body }: Submitted, key?: string) =>
  api.post(orders, body, { ...(key !== undefined && { key }) })

/** The order when the ledger has it so. */
const until = (what: string, { orderId }: { orderId: string }, is: (order: OrderView) => boolean) =>
  eventually(what, async () => {
    const answer = await api.get(`/orders/${orderId}`)
    if (answer.status === 404) return undefined
    const order = bodyOf(OrderView, 200, answer)
    return is(order) ? order : Error(JSON.stringify(order))
  })

test('an order that was submitted is posted, released and shipped like any other', async () => {
  const order = submitted()
  const taken = bodyOf(Accepted, 202, await submit(order))
  expect(taken.orderId).toBe(order.orderId)
  const view = await until('a complete order', order, ({ status }) => status === 'complete')
  expect(view).toMatchObject({
    total: { amount: '25.00', currency: 'USD' },
    lines: [{ id: '1', ordered: 2, shipped: 2 }],
    exceptions: [],
  })
  expect(view).not.toHaveProperty('people')
})

test('one key is one order, whatever is sent again and at once', async () => {
  const order = submitted()
  const answers = await Promise.all(Array.from({ length: 8 }, () => submit(order, 'one-key')))
  const [taken, refused] = [202, 409].map((s) => answers.filter(({ status }) => status === s))
  expect((taken?.length ?? 0) + (refused?.length ?? 0)).toBe(8)
  for (const answer of refused ?? []) {
    expect(problemIn(answer).type).toBe('docs/api.md#in-flight')
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  const later = bodyOf(Accepted, 202, await submit(order, 'one-key'))
  for (const answer of taken ?? []) expect(answer.body).toEqual(later)

  await until('a posted order', order, ({ references }) => references.length > 0)
  const captured = (await hub.ledger.timeline(order.orderId))
    .flatMap(({ events }) => events)
    .filter(({ type }) => type === 'order.captured')
  expect(captured).toHaveLength(1)
})

test('one key with another body is refused, and changes nothing', async () => {
  const order = submitted()
  expect((await submit(order, 'kept-key')).status).toBe(202)
  const other = { ...order, body: { ...order.body, number: 'Another' } }
  const problem = problemIn(await submit(other, 'kept-key'))
  expect(problem).toMatchObject({ status: 409, type: 'docs/api.md#key-reused' })
  const view = await until('the order', order, ({ number }) => number !== undefined)
  expect(view.number).toBe(order.id)
})

test('a later submission of the same order is its amendment', async () => {
  const order = submitted({
    lines: [{ id: '1', sku: 'UNKNOWN-1', title: 'Mug', quantity: 2, unitPrice: '12.50' }],
  })
  await submit(order)
  await until('a captured order', order, ({ lines }) => lines.length > 0)
  const updatedAt = new Date(Date.now() + 1000).toISOString()
  const line = {
    id: '1',
    sku: 'MUG-STONE',
    title: 'Mug',
    quantity: 2,
    removed: 1,
    unitPrice: '12.50',
  }
  await submit({
    ...order,
    body: { ...order.body, updatedAt, lines: [line], currentTotal: '12.50' },
  })
  const view = await until('an amended order', order, ({ lines }) => lines[0]?.cancelled === 1)
  expect(view.lines[0]).toMatchObject({ ordered: 2, sku: 'MUG-STONE' })
})

test('what is submitted wrongly is refused with its place and what to write', async () => {
  const { body } = submitted()
  const answer = await api.post(orders, { ...body, total: 25, totel: '25.00', lines: [] })
  expect(problemIn(answer)).toMatchObject({
    status: 400,
    errors: expect.arrayContaining([
      { pointer: '#/total', detail: expect.any(String), fix: expect.stringMatching(/string/) },
      { pointer: '#/totel', detail: 'is an unknown field', fix: expect.any(String) },
      { pointer: '#/lines', detail: expect.any(String), fix: expect.any(String) },
    ]),
  })
})

test('an order is found by each of its references', async () => {
  const order = sold()
  await hub.place(order)
  await hub.until('a complete order', [order], isComplete)
  const view = bodyOf(OrderView, 200, await api.get(`/orders/${order.orderId}`))
  const names = [
    order.orderId,
    order.id,
    view.number,
    ...view.references.map((r) => r.number ?? r.id),
  ]
  expect(view.references.length).toBeGreaterThanOrEqual(2)
  for (const name of names) {
    const found = await api.get(`/orders?reference=${encodeURIComponent(name ?? '')}`)
    const ids = bodyOf(OrderList, 200, found).orders.map(({ id }) => id)
    expect([name, ids]).toEqual([name, expect.arrayContaining([order.orderId])])
  }
  const [posted] = view.references.filter(({ connection }) => connection === erp)
  const elsewhere = await api.get(`/orders?reference=${posted?.number}&connection=${shop}`)
  expect(bodyOf(OrderList, 200, elsewhere).orders).toEqual([])
})

test('a timeline is told page by page, with when it happened and when it was learned', async () => {
  const order = sold()
  await hub.place(order)
  await hub.until('a complete order', [order], isComplete)
  const whole = bodyOf(Timeline, 200, await api.get(`/orders/${order.orderId}/timeline`))
  const paged: Timeline['entries'] = []
  let next: string | undefined = ''
  while (next !== undefined) {
    const cursor: string = next === '' ? '' : `&cursor=${next}`
    const answer = await api.get(`/orders/${order.orderId}/timeline?limit=2${cursor}`)
    const page: Timeline = bodyOf(Timeline, 200, answer)
    paged.push(...page.entries)
    next = page.next
  }
  // What the shop says of its own fulfilment may come while pages are read.
  expect(paged.slice(0, whole.entries.length)).toEqual(whole.entries)
  expect(whole.entries[0]?.event.type).toBe('order.captured')
  const parcel = whole.entries.find(({ event }) => event.type === 'shipment.confirmed')
  expect((parcel?.happenedAt ?? '') <= (parcel?.learnedAt ?? '')).toBe(true)
})

test('people are read for a purpose only, and the log says who read them but not what', async () => {
  const order = submitted()
  await submit(order)
  await until('a captured order', order, ({ lines }) => lines.length > 0)
  const path = `/orders/${order.orderId}?people=true`
  expect(problemIn(await api.get(path)).errors).toMatchObject([{ parameter: 'x-purpose' }])
  const headers = { 'x-purpose': 'address-check' }
  const view = bodyOf(OrderView, 200, await api.get(path, { headers }))
  expect(view.people?.shipTo?.name).toBe('A. Recipient')

  const lines = hub.happenings.flatMap((each) => (each.kind === 'log' ? [each.line] : []))
  const audit = lines.filter((line) => line.includes('personal data was read'))
  expect(audit.join()).toMatch(/"purpose":"desk: address-check"/)
  expect(audit.join()).toMatch(/user\/operator/)
  expect(lines.join()).not.toMatch(/A\. Recipient/)
})

describe('the desk', () => {
  const stuck = () =>
    submitted({ lines: [{ id: '1', title: 'Something', quantity: 1, unitPrice: '25.00' }] })
  const desk = async (query: string) =>
    bodyOf(ExceptionPage, 200, await api.get(`/exceptions?${query}`))

  test('shows an order that is stuck, what it costs and what would clear it', async () => {
    const order = stuck()
    await submit(order)
    await until('an exception', order, ({ exceptions }) => exceptions.length > 0)
    const record = await eventually('the exception', async () =>
      (await desk('owner=commerce&code=missing-sku')).exceptions.find(
        (each) => each.order.id === order.orderId,
      ),
    )
    expect(record).toMatchObject({
      code: 'missing-sku',
      owner: 'commerce',
      impact: { money: { amount: '25.00', currency: 'USD' }, customersWaiting: 1 },
      overdue: false,
      clears: expect.stringMatching(/SKU/),
      commands: expect.arrayContaining(['cancel']),
      fact: { connection: 'order-api/point-of-sale', reason: expect.stringMatching(/line 1/) },
    })
    expect(record.ageSeconds).toBeLessThan(600)
    expect((await desk('owner=warehouse')).exceptions.map(({ order: { id } }) => id)).not.toContain(
      order.orderId,
    )
  })

  test('is read page by page, each exception once and the most urgent first', async () => {
    const some = Array.from({ length: 5 }, stuck)
    await Promise.all(some.map((one) => submit(one)))
    for (const one of some)
      await until('an exception', one, ({ exceptions }) => exceptions.length > 0)
    const whole = await eventually('all of them', async () => {
      const { exceptions } = await desk('limit=100')
      const ids = new Set(exceptions.map(({ order }) => order.id))
      return some.every(({ orderId }) => ids.has(orderId)) ? exceptions : undefined
    })
    const paged: ExceptionPage['exceptions'] = []
    let query: string | undefined = 'limit=2'
    while (query !== undefined) {
      const page: ExceptionPage = await desk(query)
      paged.push(...page.exceptions)
      query = page.next === undefined ? undefined : `limit=2&cursor=${page.next}`
    }
    const keys = (all: ExceptionPage['exceptions']) =>
      all.map(({ order, code, subject }) => [order.id, code, subject].join(' '))
    expect(keys(paged).toSorted()).toEqual(keys(whole).toSorted())
    const first = whole.map(({ deadline }) => deadline)
    expect(first).toEqual(first.toSorted())
  })

  test.each([
    'nonsense',
    'eyJhIjoxfQ',
    Buffer.from('{"finance":{"id":"x"}}').toString('base64url'),
  ])('refuses the cursor %s', async (cursor) => {
    const problem = problemIn(await api.get(`/exceptions?cursor=${cursor}`))
    expect(problem.errors).toMatchObject([{ parameter: 'cursor' }])
  })
})

describe('a command', () => {
  const give = (order: { orderId: string }, command: object, key?: string) =>
    api.post(`/orders/${order.orderId}/commands`, command, { ...(key !== undefined && { key }) })

  test('to hold stops an order, to resume lets it go on, and the timeline says who gave them', async () => {
    const order = submitted({ lines: [{ id: '1', title: 'Mug', quantity: 2, unitPrice: '12.50' }] })
    await submit(order)
    await until('an exception', order, ({ exceptions }) => exceptions.length > 0)
    const held = bodyOf(OrderView, 200, await give(order, { do: 'hold', reason: 'a friend asked' }))
    expect(held.held).toBe('a friend asked')

    const updatedAt = new Date(Date.now() + 1000).toISOString()
    const lines = [{ id: '1', sku: 'MUG-STONE', title: 'Mug', quantity: 2, unitPrice: '12.50' }]
    await submit({ ...order, body: { ...order.body, updatedAt, lines } })
    await until('a mended order', order, ({ exceptions }) =>
      exceptions.every(({ code }) => code === 'on-hold'),
    )
    expect(bodyOf(OrderView, 200, await api.get(`/orders/${order.orderId}`)).references).toEqual([])

    bodyOf(OrderView, 200, await give(order, { do: 'resume', reason: 'it was a mistake' }))
    await until('a complete order', order, ({ status }) => status === 'complete')
    const told = bodyOf(Timeline, 200, await api.get(`/orders/${order.orderId}/timeline`))
    const given = told.entries.flatMap(({ event }) =>
      event.type === 'command.given' ? [event] : [],
    )
    expect(given).toMatchObject([
      { by: 'arn:aws:iam::000000000000:user/operator', command: { do: 'hold' } },
      { by: 'arn:aws:iam::000000000000:user/operator', command: { do: 'resume' } },
    ])
  })

  test('to retry asks the system again at once', async () => {
    const order = sold([{ sku: 'UNKNOWN-LAMP' }])
    await hub.place(order)
    await hub.until('an exception', [order], stands)
    const after = await give(order, { do: 'retry', intentId: 'create-order' })
    bodyOf(OrderView, 200, after)
    await eventually('a second refusal', async () => {
      const { entries } = bodyOf(Timeline, 200, await api.get(`/orders/${order.orderId}/timeline`))
      const refused = entries.filter(({ event }) => event.type === 'effect.refused')
      return refused.length > 1 ? refused : Error(`${refused.length} refused`)
    })
  })

  test('to edit mends a field, audited, also through the channel’s next message', async () => {
    const order = sold([{ sku: null, quantity: 2 }])
    await hub.place(order)
    const [state] = await hub.until('an exception', [order], stands)
    const line = state?.lines[0]?.id
    const hold = { do: 'hold', reason: 'until both have come' }
    bodyOf(OrderView, 200, await give(order, hold))
    const edit = { do: 'edit', field: `lines.${line}.sku`, value: 'MUG-STONE', reason: 'renamed' }
    bodyOf(OrderView, 200, await give(order, edit))
    await hub.place(later(order, 5, { note: 'ring twice' }))
    await hub.until(
      'the new version',
      [order],
      ({ seen }) => seen?.version !== state?.seen?.version,
    )
    bodyOf(OrderView, 200, await give(order, { do: 'resume', reason: 'both have' }))
    await hub.until('a complete order', [order], isComplete)

    const wrong = await give(order, { ...edit, field: 'total', value: '1.00' })
    expect(problemIn(wrong).errors).toMatchObject([
      { pointer: '#/field', detail: expect.stringContaining('there is no field total') },
    ])
  })

  test('to cancel ends an order', async () => {
    const order = submitted({ lines: [{ id: '1', title: 'Mug', quantity: 2, unitPrice: '12.50' }] })
    await submit(order)
    await until('an exception', order, ({ exceptions }) => exceptions.length > 0)
    await give(order, { do: 'cancel', reason: 'the customer called' })
    const view = await until('a cancelled order', order, ({ status }) => status === 'cancelled')
    expect(view.lines).toMatchObject([{ ordered: 2, cancelled: 2 }])
  })

  test('with one key is given once, and with another body refused', async () => {
    const order = submitted()
    await submit(order)
    await until('the order', order, ({ lines }) => lines.length > 0)
    const hold = { do: 'hold', reason: 'wait' }
    expect((await give(order, hold, 'hold-1')).status).toBe(200)
    expect((await give(order, hold, 'hold-1')).status).toBe(200)
    expect(problemIn(await give(order, { do: 'hold', reason: 'other' }, 'hold-1')).status).toBe(409)
    const told = bodyOf(Timeline, 200, await api.get(`/orders/${order.orderId}/timeline`))
    expect(told.entries.filter(({ event }) => event.type === 'command.given')).toHaveLength(1)
  })

  test('about what an order does not have is refused with what it has', async () => {
    const order = submitted()
    await submit(order)
    await until('the order', order, ({ effects }) => effects.length > 0)
    const retry = problemIn(await give(order, { do: 'retry', intentId: 'create-oder' }))
    expect(retry).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/intentId', fix: expect.stringMatching(/create-order/) }],
    })
    const lines = [{ id: '9', quantity: 1 }]
    const cancel = problemIn(await give(order, { do: 'cancel', reason: 'x', lines }))
    expect(cancel).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/lines/0/id', fix: 'write one of 1' }],
    })
    expect(
      problemIn(
        await give({ orderId: 'order-api_point-of-sale_none' }, { do: 'hold', reason: 'x' }),
      ).status,
    ).toBe(404)
  })
})
