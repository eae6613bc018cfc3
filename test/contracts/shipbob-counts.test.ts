import { shipbob } from '../../connectors/shipbob/index.ts'
import type { Effect } from '../../domain/effects/effect.ts'
import type { Counts } from '../../domain/stock/counts.ts'
import { operation } from '../support/openapi.ts'
import { shipbobAccount, withLines } from '../support/shipbob.ts'
import { withSpec } from '../support/specs.ts'

const { read, problem } = shipbob.counts as Counts
const release = shipbob.fulfilment.effects['release-order'] as Effect

const tell = (stage: ReturnType<typeof shipbobAccount>, counts: readonly object[]) =>
  stage.twin.takeStock?.(JSON.stringify({ counts }))

test('says what lies at a fulfilment centre, as of the moment it was asked', async () => {
  const stage = shipbobAccount()
  tell(stage, [
    { sku: 'MUG', onHand: 12 },
    { sku: 'TEE', onHand: 3, location: 9 },
  ])
  expect(await read(stage.account, { code: '8' })).toEqual({
    ok: true,
    value: {
      counts: [
        { sku: 'MUG', onHand: 12, quarantined: 0 },
        // What ran out is said, too.
        { sku: 'TEE', onHand: 0, quarantined: 0 },
      ],
      refused: [],
      at: stage.world.clock.toISOString(),
    },
  })
})

test('what was ordered lies there until its parcel has left', async () => {
  const stage = shipbobAccount()
  tell(stage, [{ sku: 'MUG', onHand: 12 }])
  await release.make(stage.account, withLines({ MUG: 3 }))
  const onHand = async () => {
    const page = await read(stage.account, { code: '8' })
    return page.ok ? page.value.counts[0]?.onHand : undefined
  }
  expect(await onHand()).toBe(12)
  await stage.pass(300)
  expect(await onHand()).toBe(10)
  await stage.pass(600)
  expect(await onHand()).toBe(9)
})

test('reads page after page, and goes to no address that a page names', async () => {
  const stage = shipbobAccount()
  tell(
    stage,
    Array.from({ length: 300 }, (_, n) => ({ sku: `S-${n}`, onHand: n })),
  )
  const first = await read(stage.account, { code: '8' })
  const cursor = first.ok ? first.value.cursor : undefined
  const second = await read(stage.account, { code: '8', cursor })
  expect(first).toMatchObject({ value: { counts: { length: 250 } } })
  expect(second).toMatchObject({ value: { counts: { length: 50 } } })
  expect(second.ok && second.value.cursor).toBeUndefined()

  const elsewhere = JSON.stringify({ items: [], next: 'https://evil.example/?cursor=1' })
  const lying = { ...stage.account, send: async () => okReply(elsewhere) }
  expect(await read(lying, { code: '8' })).toMatchObject({ error: { next: 'retry' } })
})

const okReply = (body: string) => ({
  ok: true as const,
  value: { status: 200, headers: { 'content-type': 'application/json' }, body },
})

test('refuses what cannot be read and takes the rest', async () => {
  const { account } = shipbobAccount()
  const good = {
    location_id: 8,
    on_hand_quantity: 5,
    committed_quantity: 1,
    fulfillable_quantity: 3,
  }
  const items = [
    { sku: 'MUG', locations: [good] },
    { sku: 'TEE', locations: [{ ...good, on_hand_quantity: null }] },
    { sku: 'CUP', locations: [{ ...good, on_hand_quantity: 4e9 }] },
    { sku: null, locations: [good] },
  ]
  const page = await read(
    { ...account, send: async () => okReply(JSON.stringify({ items, next: null })) },
    { code: '8' },
  )
  expect(page).toMatchObject({
    value: {
      counts: [{ sku: 'MUG', onHand: 5, quarantined: 1 }],
      refused: [expect.stringContaining('item 2'), expect.stringContaining('item 3')],
    },
  })
  const strange = { ...account, send: async () => okReply('[1, 2]') }
  expect(await read(strange, { code: '8' })).toMatchObject({ error: { next: 'retry' } })
})

test('a throttled page says when to come again', async () => {
  const { account } = shipbobAccount()
  account.misbehave('throttle')
  expect(await read(account, { code: '8' })).toMatchObject({ error: { next: 'wait', seconds: 1 } })
})

test('a location is a number', () => {
  expect(problem?.('8')).toBeUndefined()
  expect(problem?.('Berlin')).toContain('write its number')
})

withSpec('back-office/shipbob/openapi-2026-01.json', (text) => {
  const list = operation(JSON.parse(text), '/2026-01/inventory-level/locations', 'get')

  test('knows every parameter, and the answers of the twin', async () => {
    const stage = shipbobAccount()
    tell(stage, [{ sku: 'MUG', onHand: 12 }])
    await read(stage.account, { code: '8' })
    const [call] = stage.account.calls
    const url = new URL(call?.url ?? '')
    expect(list.parameters).toEqual(expect.arrayContaining([...url.searchParams.keys()]))
    const reply = await stage.twin.handle({
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: call?.headers ?? {},
      body: '',
    })
    const validate = list.reply(200)
    validate(JSON.parse(reply.body ?? ''))
    expect(validate.errors ?? []).toEqual([])
  })
})
