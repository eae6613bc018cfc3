import { netsuite } from '../../connectors/netsuite/index.ts'
import type { Effect } from '../../domain/effects/effect.ts'
import type { Counts } from '../../domain/stock/counts.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { netsuiteAccount, subjectOf } from '../support/netsuite.ts'

const { read, problem } = netsuite.counts as Counts
const create = netsuite.accounting.effects['create-order'] as Effect
const post = netsuite.accounting.effects['post-shipment'] as Effect

type Stage = ReturnType<typeof netsuiteAccount>

const tell = ({ twin }: Stage, counts: readonly object[]) =>
  twin.takeStock?.(JSON.stringify({ counts }))

test('says what lies at a location, by the name that cross-references use', async () => {
  const stage = netsuiteAccount()
  tell(stage, [
    { sku: 'MUG', onHand: 12 },
    { sku: 'TEE', onHand: 3.7 },
    { sku: 'CUP', onHand: -4 },
    { sku: 'ELSEWHERE', onHand: 1, location: 2 },
  ])
  expect(await read(stage.account, { code: '1' })).toEqual({
    ok: true,
    value: {
      counts: [
        { sku: 'MUG', onHand: 12, quarantined: 0 },
        { sku: 'TEE', onHand: 3, quarantined: 0 },
        { sku: 'CUP', onHand: 0, quarantined: 0 },
      ],
      refused: [],
      at: stage.world.clock.toISOString(),
    },
  })
})

test('reads page after page by item, so that no row moves from one to another', async () => {
  const stage = netsuiteAccount()
  tell(
    stage,
    Array.from({ length: 1200 }, (_, n) => ({ sku: `S-${n}`, onHand: n })),
  )
  const first = await read(stage.account, { code: '1' })
  const cursor = first.ok ? first.value.cursor : undefined
  tell(stage, [{ sku: 'NEW', onHand: 1 }])
  const second = await read(stage.account, { code: '1', cursor })
  const skus = [first, second].flatMap((page) =>
    page.ok ? page.value.counts.map(({ sku }) => sku) : [],
  )
  expect(skus).toHaveLength(1201)
  expect(new Set(skus).size).toBe(1201)
  expect(second.ok && second.value.cursor).toBeUndefined()
})

test('what was fulfilled is gone', async () => {
  const stage = netsuiteAccount()
  const subject = subjectOf('plain')
  const [line] = subject.order.lines
  if (!line) throw new Error('an order has a line')
  tell(stage, [{ sku: line.sku ?? '', onHand: 50 }])
  const made = await create.make(stage.account, subject)
  const shipment: Shipment = {
    id: '1',
    lines: [{ id: line.id, quantity: line.quantity }],
    shippedAt: '2026-11-20T09:30:00.000Z',
  }
  if (!made.ok) throw new Error(made.error.reason)
  await post.make(stage.account, { ...subject, shipment, references: { erp: made.value } })
  const page = await read(stage.account, { code: '1' })
  expect(page).toMatchObject({ value: { counts: [{ onHand: 50 - line.quantity }] } })
})

test('a page that names no row and has more is no page', async () => {
  const { account } = netsuiteAccount()
  const lying = answering({ account, items: [], hasMore: true })
  expect(await read(lying, { code: '1' })).toMatchObject({ error: { next: 'retry' } })
})

test('refuses what cannot be read and takes the rest', async () => {
  const { account } = netsuiteAccount()
  const items = [
    { item: '1', sku: 'MUG', onhand: '10', available: '6', committed: '3' },
    { item: '2', sku: 'TEE', onhand: 'many' },
    { item: '3', sku: 'CUP' },
  ]
  expect(await read(answering({ account, items, hasMore: false }), { code: '1' })).toMatchObject({
    value: {
      counts: [
        { sku: 'MUG', onHand: 10, quarantined: 1 },
        { sku: 'CUP', onHand: 0, quarantined: 0 },
      ],
      refused: [expect.stringContaining('item 2 of a page')],
    },
  })
})

function answering({
  account,
  ...body
}: {
  readonly account: Stage['account']
  readonly items: readonly object[]
  readonly hasMore: boolean
}) {
  const value = { status: 200, headers: {}, body: JSON.stringify(body) }
  const tokens = { ...account.tokens, get: async () => ({ ok: true as const, value: 'token' }) }
  return { ...account, tokens, send: async () => ({ ok: true as const, value }) }
}

test('a crowded account says when to come again', async () => {
  const { account } = netsuiteAccount()
  account.misbehave('throttle', { which: ({ url }) => url.includes('suiteql') })
  expect(await read(account, { code: '1' })).toMatchObject({ error: { next: 'wait' } })
})

test('a location is a number, and nothing else gets into the query', () => {
  expect(problem?.('1')).toBeUndefined()
  expect(problem?.('1 OR 1=1')).toContain('write its number')
})
