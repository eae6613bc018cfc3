import { everyItem } from '../../connectors/kit/paging.ts'
import { shopify } from '../../connectors/shopify/index.ts'
import { ok } from '../../domain/result.ts'
import { shopifyAccount } from '../support/shopify.ts'

const pagesOf = (pages: Readonly<Record<string, { items: number[]; next?: string }>>) =>
  everyItem(async (cursor = 'first') => ok(pages[cursor] ?? { items: [] }))

test('a list is read to its end', async () => {
  const pages = {
    first: { items: [1, 2], next: 'b' },
    b: { items: [], next: 'c' },
    c: { items: [3] },
  }
  expect(await pagesOf(pages)).toEqual(ok([1, 2, 3]))
})

test('a list whose pages go in circles is read again later', async () => {
  const pages = {
    first: { items: [1], next: 'b' },
    b: { items: [2], next: 'c' },
    c: { items: [3], next: 'b' },
  }
  expect(await pagesOf(pages)).toMatchObject({ error: { next: 'retry' } })
})

test('a page that promises another and does not name it is half an answer', async () => {
  const { account } = shopifyAccount({ location: '1' })
  const page = { nodes: [], pageInfo: { hasNextPage: true, endCursor: null } }
  const data = { orders: page, productVariants: page, shop: { currencyCode: 'EUR' } }
  const tokens = { get: async () => ok('token'), drop: async () => {} }
  const send = async () => ok({ status: 200, headers: {}, body: JSON.stringify({ data }) })
  const half = { ...account, tokens, send }
  const window = { from: '2026-11-21T09:00:00.000Z', to: '2026-11-21T10:00:00.000Z' }
  const retried = { error: { next: 'retry', reason: expect.stringContaining('not named') } }
  expect(await shopify.sweep(half, window)).toMatchObject(retried)
  expect(await shopify.listings.read(half)).toMatchObject(retried)
})
