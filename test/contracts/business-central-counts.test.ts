import { businessCentral } from '../../connectors/business-central/index.ts'
import type { Counts } from '../../domain/stock/counts.ts'
import { businessCentralAccount, effectOf, parcel, subjectOf } from '../support/business-central.ts'

const { read, problem } = businessCentral.counts as Counts

const code = '*'

test('says what the cards of items say is there in all', async () => {
  const { account, twin, world } = businessCentralAccount()
  twin.takeStock?.(JSON.stringify({ counts: [{ sku: 'MUG', onHand: 12.5 }] }))
  expect(await read(account, { code })).toEqual({
    ok: true,
    value: {
      counts: [{ sku: 'MUG', onHand: 12 }],
      refused: [],
      at: world.clock.toISOString(),
    },
  })
})

test('reads page after page, and goes to no address that a page names', async () => {
  const { account, twin } = businessCentralAccount()
  const all = Array.from({ length: 1100 }, (_, n) => ({ sku: `S-${n}`, onHand: n }))
  twin.takeStock?.(JSON.stringify({ counts: all }))
  const first = await read(account, { code })
  const cursor = first.ok ? first.value.cursor : undefined
  const second = await read(account, { code, cursor })
  const skus = [first, second].flatMap((page) =>
    page.ok ? page.value.counts.map(({ sku }) => sku) : [],
  )
  expect(new Set(skus).size).toBe(1100)
  expect(second.ok && second.value.cursor).toBeUndefined()

  const lying = answering(account, { value: [], '@odata.nextLink': 'https://evil.example/x?y=1' })
  expect(await read(lying, { code })).toMatchObject({ error: { next: 'retry' } })
})

test('a next page that is the same page ends the reading', async () => {
  const { account } = businessCentralAccount()
  const asked = await read(answering(account, { value: [] }), { code })
  expect(asked).toMatchObject({ value: { counts: [] } })
  const next = `https://api.businesscentral.dynamics.com/v2.0/items?x=1`
  const looping = answering(account, { value: [], '@odata.nextLink': next })
  expect(await read(looping, { code, cursor: 'x=1' })).toMatchObject({ error: { next: 'retry' } })
})

test('refuses what cannot be read and takes the rest', async () => {
  const { account } = businessCentralAccount()
  const value = [
    { number: 'MUG', inventory: 5 },
    { number: 'TEE', inventory: '?' },
    { inventory: 1 },
  ]
  expect(await read(answering(account, { value }), { code })).toMatchObject({
    value: {
      counts: [{ sku: 'MUG', onHand: 5 }],
      refused: [expect.stringContaining('item 2'), expect.stringContaining('item 3')],
    },
  })
})

function answering(
  account: ReturnType<typeof businessCentralAccount>['account'],
  body: Readonly<Record<string, unknown>>,
) {
  const value = { status: 200, headers: {}, body: JSON.stringify(body) }
  const tokens = { ...account.tokens, get: async () => ({ ok: true as const, value: 'token' }) }
  return { ...account, tokens, send: async () => ({ ok: true as const, value }) }
}

test('what was posted as shipped is gone', async () => {
  const { account, twin } = businessCentralAccount()
  const subject = subjectOf('local-currency')
  const [line] = subject.order.lines
  if (!line?.sku) throw new Error('the fixture has a line of goods')
  twin.takeStock?.(JSON.stringify({ counts: [{ sku: line.sku, onHand: 50 }] }))
  const made = await effectOf('create-order').make(account, subject)
  if (!made.ok) throw new Error(made.error.reason)
  const shipment = parcel('1', { [line.id]: 1 })
  const posted = await effectOf('post-shipment').make(account, {
    ...subject,
    shipment,
    references: { erp: made.value },
  })
  expect(posted).toMatchObject({ ok: true })
  expect(await read(account, { code })).toMatchObject({ value: { counts: [{ onHand: 49 }] } })
})

test('cannot say what lies where, and says what to do instead', () => {
  expect(problem?.('*')).toBeUndefined()
  expect(problem?.('BERLIN')).toMatch(/not where; write "\*" .* by file or API/)
})
