import { shopify } from '../../connectors/shopify/index.ts'
import { stock } from '../../connectors/shopify/stock.ts'
import type { Change, Outcome } from '../../domain/listings/listings-capability.ts'
import { text } from '../support/fixtures.ts'
import { orderOf, shopifyAccount, takeBack, webhook } from '../support/shopify.ts'

const location = '70000000001'

/** A shop that has so many of each. */
function shopWith(counts: Readonly<Record<string, number>>, extra: object = {}) {
  const { shop, account, ...rest } = shopifyAccount({ location, ...extra })
  const body = Object.entries(counts).map(([sku, onHand]) => ({ sku, onHand }))
  shop.takeStock?.(JSON.stringify({ counts: body }))
  const shown = async () => {
    const page = await stock.read(account)
    if (!page.ok) throw new Error(page.error.reason)
    return Object.fromEntries(page.value.listings.map(({ sku, values }) => [sku, values.quantity]))
  }
  const change = async (sku: string, units: number, from?: number): Promise<Change<number>> => {
    const page = await stock.read(account)
    const found = page.ok ? page.value.listings.find((one) => one.sku === sku) : undefined
    const remote = found?.remote ?? { item: 'gid://shopify/InventoryItem/404' }
    return { sku, remote, value: units, ...(from !== undefined && { from }), key: `${sku}@1` }
  }
  const write = async (
    ...changes: readonly Change<number>[]
  ): Promise<readonly Outcome<number>[]> => {
    const written = await stock.attributes.quantity.write(account, changes)
    if (!written.ok) throw new Error(written.error.reason)
    return 'outcomes' in written.value ? written.value.outcomes : []
  }
  return { shop, account, shown, change, write, ...rest }
}

const mugs = (units: number, id = 5600000099001) => {
  const base = JSON.parse(text('shopify', 'paid-order.wire.json'))
  const [line] = base.line_items
  return JSON.stringify({
    ...base,
    id,
    admin_graphql_api_id: null,
    line_items: [{ ...line, sku: 'MUG', quantity: units, current_quantity: units }],
  })
}

test('shows what it sells, with its price in minor units', async () => {
  const { account } = shopWith({ MUG: 5 })
  const page = await stock.read(account)
  expect(page).toMatchObject({
    ok: true,
    value: {
      listings: [{ sku: 'MUG', values: { quantity: 5 }, price: { minor: 1990, currency: 'USD' } }],
    },
  })
})

test('shows everything, page by page', async () => {
  const many = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`S-${i}`, i]))
  const { account } = shopWith(many)
  const seen: string[] = []
  let cursor: string | undefined
  let pages = 0
  do {
    const page = await stock.read(account, cursor)
    if (!page.ok) throw new Error(page.error.reason)
    seen.push(...page.value.listings.map(({ sku }) => sku))
    cursor = page.value.cursor
    pages += 1
  } while (cursor !== undefined)
  expect(pages).toBe(3)
  expect(new Set(seen).size).toBe(600)
})

test('finds what is asked for by name, each by its own name only, and nothing that it does not sell', async () => {
  const { account } = shopWith({ MUG: 5, 'MUG-RED': 2, mug: 1, 'CUP 1': 4, PLATE: 9 })
  const found = await stock.find?.ask(account, ['MUG', 'CUP 1', 'NOT-THERE'])
  const all = await stock.read(account)
  if (!found?.ok || !all.ok) throw new Error('it does not answer')
  const wanted = all.value.listings.filter(({ sku }) => ['MUG', 'CUP 1'].includes(sku))
  expect(found.value).toEqual(wanted)
})

test('what is new is found once the index of the search has it', async () => {
  const { world, account, pass } = shopWith({ MUG: 5 })
  world.lag = true
  const find = async () => {
    const found = await stock.find?.ask(account, ['MUG'])
    return found?.ok && found.value.map(({ sku }) => sku)
  }
  expect(await find()).toEqual([])
  pass(stock.find?.lagSeconds ?? 0)
  expect(await find()).toEqual(['MUG'])
})

test('says of what no search can ask for that everything has to be read', async () => {
  const alike = Object.fromEntries(Array.from({ length: 1_200 }, (_, i) => [`MUG-${i}`, 1]))
  const { account } = shopWith(alike)
  for (const sku of ['12" PLATE', 'MUG']) {
    const found = await stock.find?.ask(account, [sku])
    expect(found).toMatchObject({ ok: false, error: { next: 'except' } })
  }
})

test('takes a number where it shows what it should', async () => {
  const { change, write, shown } = shopWith({ MUG: 5, CUP: 5 })
  expect(await write(await change('MUG', 3, 5), await change('CUP', 0, 5))).toEqual([
    { sku: 'MUG', is: 'done' },
    { sku: 'CUP', is: 'done' },
  ])
  expect(await shown()).toEqual({ MUG: 3, CUP: 0 })
})

test('a sale of its own lowers what it shows, a cancellation that restocks raises it', async () => {
  const { shop, account, shown } = shopWith({ MUG: 5 })
  const body = mugs(2)
  await shop.takeOrder?.(body, false)
  expect(await shown()).toEqual({ MUG: 3 })
  await shop.takeOrder?.(body, false)
  expect(await shown()).toEqual({ MUG: 3 })
  const order = orderOf(webhook(body))
  await shopify.orders.effects['cancel-sale']?.make(
    account,
    takeBack(order, { [order.lines[0]?.id ?? '']: 2 }),
  )
  await shop.tick?.()
  expect(await shown()).toEqual({ MUG: 5 })
})

test('a number lost to a sale is left alone, and what is shown now is told', async () => {
  const { shop, change, write, shown } = shopWith({ MUG: 5, CUP: 5 })
  const told = [await change('MUG', 4, 5), await change('CUP', 4, 5)]
  await shop.takeOrder?.(mugs(2), false)
  expect(await write(...told)).toEqual([{ sku: 'MUG', is: 'moved', shows: 3 }])
  expect(await shown()).toEqual({ MUG: 3, CUP: 5 })
})

test('items that are not there are refused by name, and keep no others once they are left out', async () => {
  const all = Object.fromEntries(Array.from({ length: 98 }, (_, i) => [`S-${i}`, 5]))
  const { change, write, shown } = shopWith(all)
  const good = await Promise.all(Object.keys(all).map((sku) => change(sku, 1, 5)))
  const bad = [await change('GONE', 1, 5), await change('LOST', 1, 5)]
  const first = await write(...good.slice(0, 50), ...bad, ...good.slice(50))
  expect(first.map(({ sku, is }) => [sku, is])).toEqual([
    ['GONE', 'refused'],
    ['LOST', 'refused'],
  ])
  expect((await write(...good)).filter(({ is }) => is === 'done')).toHaveLength(98)
  expect(Object.values(await shown()).every((units) => units === 1)).toBe(true)
})

test('an answer that was lost is asked for a second time by the same key, and sets nothing twice', async () => {
  const { account, change, write, shown } = shopWith({ MUG: 5 })
  const told = await change('MUG', 3, 5)
  const isWrite = { which: ({ kind }: { kind: string }) => kind === 'write' }
  account.misbehave('commit-then-drop', isWrite)
  expect(await write(told)).toEqual([{ sku: 'MUG', is: 'done' }])
  expect(await shown()).toEqual({ MUG: 3 })
  const keys = account.calls
    .filter(({ kind }) => kind === 'write')
    .map(({ body }) => JSON.parse(body ?? '').variables.key)
  expect(new Set(keys).size).toBe(1)
})

test('the same request a second time does nothing, though it shows something else by then', async () => {
  const { shop, change, write, shown } = shopWith({ MUG: 5 })
  const told = await change('MUG', 3, 5)
  await write(told)
  await shop.takeOrder?.(mugs(1), false)
  expect(await write(told)).toEqual([{ sku: 'MUG', is: 'done' }])
  expect(await shown()).toEqual({ MUG: 2 })
})

test('a key of an attempt that failed is not used again', async () => {
  const { shop, change, write, shown } = shopWith({ MUG: 5 })
  const told = await change('MUG', 4, 4)
  expect(await write(told)).toEqual([{ sku: 'MUG', is: 'moved', shows: 5 }])
  shop.takeStock?.(JSON.stringify({ counts: [{ sku: 'MUG', onHand: 4 }] }))
  expect(await write(told)).toEqual([{ sku: 'MUG', is: 'done' }])
  expect(await shown()).toEqual({ MUG: 4 })
})

test('throttling is waited for, and counts against nobody', async () => {
  const { account, change } = shopWith({ MUG: 5 })
  const told = await change('MUG', 3, 5)
  account.misbehave('throttle')
  expect(await stock.attributes.quantity.write(account, [told])).toMatchObject({
    ok: false,
    error: { next: 'wait' },
  })
})

test('a location that the shop does not have stops the connection and not the listing', async () => {
  const { account, change } = shopWith({ MUG: 5 })
  const told = await change('MUG', 3, 5)
  const elsewhere = { ...account, settings: { ...Object(account.settings), location: '1' } }
  expect(await stock.attributes.quantity.write(elsewhere, [told])).toMatchObject({
    ok: false,
    error: { next: 'halt' },
  })
})

test('asks for a location where none is named', () => {
  expect(stock.problem?.({ shop: 'demo-store.myshopify.com' })?.field).toBe('location')
  expect(stock.problem?.({ shop: 'demo-store.myshopify.com', location })).toBeUndefined()
})
