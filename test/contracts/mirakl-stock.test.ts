import { stock } from '../../connectors/mirakl/stock.ts'
import { text } from '../support/fixtures.ts'
import { miraklAccount } from '../support/mirakl.ts'

/** A marketplace whose shop offers so many of each. */
function marketWith(counts: Readonly<Record<string, number>>) {
  const market = miraklAccount()
  const { account, operator } = market
  const body = Object.entries(counts).map(([sku, onHand]) => ({ sku, onHand }))
  operator.takeStock?.(JSON.stringify({ counts: body }))
  const shown = async () => {
    const page = await stock.read(account)
    if (!page.ok) throw new Error(page.error.reason)
    return Object.fromEntries(page.value.listings.map(({ sku, values }) => [sku, values.quantity]))
  }
  const write = async (units: Readonly<Record<string, number>>) => {
    const changes = Object.entries(units).map(([sku, n]) => ({
      sku,
      value: n,
      remote: {},
      key: `${sku}@1`,
    }))
    return stock.attributes.quantity.write(account, changes)
  }
  const ticketOf = (written: Awaited<ReturnType<typeof write>>): string => {
    if (!written.ok || !('feed' in written.value)) throw new Error(JSON.stringify(written))
    return written.value.feed
  }
  const settle = (ticket: string) => stock.attributes.quantity.readFeed?.(account, ticket)
  return { ...market, shown, write, ticketOf, settle }
}

test('shows what it offers, with its price in minor units', async () => {
  const { account } = marketWith({ MUG: 5 })
  expect(await stock.read(account)).toMatchObject({
    ok: true,
    value: {
      listings: [{ sku: 'MUG', values: { quantity: 5 }, price: { minor: 1990, currency: 'EUR' } }],
    },
  })
})

test('shows everything, page by page', async () => {
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`S-${i}`, i]))
  const { account } = marketWith(many)
  const seen = new Set<string>()
  let cursor: string | undefined
  do {
    const page = await stock.read(account, cursor)
    if (!page.ok) throw new Error(page.error.reason)
    for (const { sku } of page.value.listings) seen.add(sku)
    cursor = page.value.cursor
  } while (cursor !== undefined)
  expect(seen.size).toBe(250)
})

test('finds what is asked for by name, and nothing that it does not offer', async () => {
  const { account } = marketWith({ MUG: 5, 'MUG-RED': 2, 'A "B";C': 4 })
  const found = await stock.find?.ask(account, ['MUG', 'A "B";C', 'NOT-THERE'])
  if (!found?.ok) throw new Error('it does not answer')
  expect(found.value.map(({ sku, values }) => [sku, values.quantity])).toEqual([
    ['MUG', 5],
    ['A "B";C', 4],
  ])
})

test('a file is taken, worked off later, and then done', async () => {
  const { write, ticketOf, settle, shown, pass } = marketWith({ MUG: 5, 'A "B";C': 2 })
  const ticket = ticketOf(await write({ MUG: 3, 'A "B";C': 1 }))
  expect(await settle(ticket)).toEqual({ ok: true, value: undefined })
  expect((await shown())['MUG']).toBe(5)
  await pass(15)
  expect(await settle(ticket)).toEqual({ ok: true, value: { refused: [] } })
  expect(await shown()).toEqual({ MUG: 3, 'A "B";C': 1 })
})

test('lines that are refused keep none of the others, and say why', async () => {
  const { write, ticketOf, settle, shown, pass } = marketWith({ MUG: 5 })
  const ticket = ticketOf(await write({ GONE: 1, MUG: 3 }))
  await pass(15)
  expect(await settle(ticket)).toEqual({
    ok: true,
    value: {
      refused: [{ sku: 'GONE', reason: 'mirakl refuses it: No offer with this SKU was found' }],
    },
  })
  expect(await shown()).toEqual({ MUG: 3 })
})

test('a second file within the minute is throttled', async () => {
  const { write, pass } = marketWith({ MUG: 5 })
  await write({ MUG: 3 })
  await pass(20)
  expect(await write({ MUG: 2 })).toMatchObject({ ok: false, error: { next: 'wait', seconds: 40 } })
  await pass(40)
  expect(await write({ MUG: 2 })).toMatchObject({ ok: true })
})

test('an order lowers what is offered, once', async () => {
  const { operator, shown } = marketWith({ 'TEE-NAVY-M': 10 })
  const base = JSON.parse(text('mirakl', 'to-ship.wire.json'))
  const [line] = base.order_lines
  const order = { ...base, order_lines: [{ ...line, offer_sku: 'TEE-NAVY-M', quantity: 3 }] }
  await operator.takeOrder?.(JSON.stringify(order), true)
  await operator.takeOrder?.(JSON.stringify(order), true)
  expect(await shown()).toEqual({ 'TEE-NAVY-M': 7 })
})
