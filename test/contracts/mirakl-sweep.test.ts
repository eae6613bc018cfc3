import fc from 'fast-check'
import { mirakl } from '../../connectors/mirakl/index.ts'
import type { Sweep } from '../../domain/poll.ts'
import { text } from '../support/fixtures.ts'
import { tries } from '../support/laws.ts'
import { ever, miraklAccount, orderOf } from '../support/mirakl.ts'

const sweep = mirakl.sweep as Sweep
const base = JSON.parse(text('mirakl', 'to-ship.wire.json'))

/** An order that was created in a second of its own and last updated at 10:00. */
const numbered = (index: number, change: object = {}): string =>
  JSON.stringify({
    ...base,
    order_id: `N${index}-A`,
    created_date: new Date(Date.UTC(2026, 9, 1, 0, 0, index)).toISOString(),
    last_updated_date: '2026-11-21T10:00:00Z',
    ...change,
  })

async function marketOf(orders: number) {
  const made = miraklAccount()
  for (let i = 0; i < orders; i++) await made.operator.takeOrder?.(numbered(i), false)
  return made
}

const window = { from: '2026-11-21T09:00:00.000Z', to: '2026-11-21T10:30:00.000Z' }

/** Reads a window to its end; `between` happens before each further page. */
async function read(
  { account }: ReturnType<typeof miraklAccount>,
  between: (page: number) => Promise<void> = async () => {},
) {
  const seen: string[] = []
  let cursor: string | undefined
  let pages = 0
  do {
    const page = await sweep(account, { ...window, ...(cursor && { cursor }) })
    if (!page.ok) throw new Error(page.error.reason)
    seen.push(...page.value.deliveries.map(({ body }) => orderOf(body).channelOrderId))
    cursor = page.value.cursor
    pages += 1
    if (cursor) await between(pages)
  } while (cursor && pages < 50)
  return { seen, pages }
}

const all = (orders: number) => Array.from({ length: orders }, (_, i) => `N${i}-A`)

test('a window of a hundred orders is one request, in the tax mode of the settings', async () => {
  const market = await marketOf(100)
  const { seen, pages } = await read(market)
  expect([pages, new Set(seen)]).toEqual([1, new Set(all(100))])
  const [{ url } = { url: '' }] = market.account.calls
  expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
    start_update_date: window.from,
    end_update_date: window.to,
    order_tax_mode: 'TAX_INCLUDED',
    max: '100',
    offset: '0',
  })
})

test('an empty window is one request', async () => {
  expect(await read(await marketOf(0))).toEqual({ seen: [], pages: 1 })
})

test('further pages are read from the last to the first', async () => {
  const market = await marketOf(250)
  const { seen } = await read(market)
  const offsets = market.account.calls.map(({ url }) => new URL(url).searchParams.get('offset'))
  expect(offsets).toEqual(['0', '200', '100', '0'])
  expect(new Set(seen)).toEqual(new Set(all(250)))
})

test('orders that leave the window while it is read make nobody miss another', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 101, max: 215 }),
      fc.array(fc.array(fc.nat(214), { maxLength: 40 }), { minLength: 1, maxLength: 4 }),
      async (orders, leaving) => {
        const market = await marketOf(orders)
        const gone = new Set<string>()
        const { seen } = await read(market, async (page) => {
          market.world.clock = new Date('2026-11-21T11:00:00.000Z')
          for (const index of leaving[page - 1] ?? []) {
            if (index >= orders) continue
            await market.operator.takeOrder?.(numbered(index), true)
            gone.add(`N${index}-A`)
          }
        })
        const stayed = all(orders).filter((id) => !gone.has(id))
        expect(stayed.filter((id) => !seen.includes(id))).toEqual([])
      },
    ),
    tries(6),
  )
})

test('orders that come into the window while it is read make it begin anew', async () => {
  const market = await marketOf(230)
  const { seen } = await read(market, async (page) => {
    if (page !== 2) return
    // The oldest of all, so that everything moves down by one.
    const early = { order_id: 'LATE-A', created_date: '2026-09-01T00:00:00Z' }
    await market.operator.takeOrder?.(numbered(0, early), false)
  })
  expect(new Set(seen)).toEqual(new Set([...all(230), 'LATE-A']))
})

test('a cursor that makes no sense begins at the first page', async () => {
  const { account } = await marketOf(3)
  const page = await sweep(account, { ...window, cursor: 'garbage' })
  expect(page).toMatchObject({ ok: true, value: { deliveries: { length: 3 } } })
})

test('an order that cannot be read holds up no other: it is read one by one, later', async () => {
  const market = await marketOf(1)
  await market.operator.takeOrder?.(numbered(1, { total_price: 'free' }), false)
  const page = await sweep(market.account, window)
  const readings = page.ok ? page.value.deliveries.map(({ body }) => body) : []
  expect(readings).toHaveLength(2)
  const bad = readings.find((body) => body.includes('free')) ?? ''
  const said = mirakl.read({
    connection: market.account.connection,
    body: bad,
  })
  expect(said).toMatchObject({ error: { code: 'unreadable-payload' } })
  expect(mirakl.orders.nameOf?.(bad)).toBe('N1-A')
})

test('what the sweep hands on reads as what Mirakl sent, to the last digit', async () => {
  const market = miraklAccount()
  const wire = text('mirakl', 'yen.wire.json').replace(
    '9007199254740993123',
    '12345678901234567890',
  )
  await market.operator.takeOrder?.(wire, false)
  const page = await sweep(market.account, ever)
  const [delivery] = page.ok ? page.value.deliveries : []
  expect(delivery?.body).toContain('"12345678901234567890"')
  expect(delivery?.body).toContain('"3600.00"')
  expect(orderOf(delivery?.body ?? '')).toEqual(orderOf(wire))
})
