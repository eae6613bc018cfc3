import { randomUUID } from 'node:crypto'
import { exceptionCatalogue } from '../../domain/exceptions/catalogue.ts'
import { editOrder } from '../../domain/order/edit-order.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import type { EditCommand } from '../../schemas/api/command.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { lineOf, orderId, orderOf, policy, seconds, start } from '../support/orders.ts'

function open() {
  const ledger = new MemoryLedger()
  const deps = { ledger, policy, jitter: async () => {}, clock: () => new Date(start) }
  const capture = (order: Order) =>
    recordFact(
      { id: orderId },
      { type: 'snapshot', order, authority: 'body', receivedAt: start, at: start },
      deps,
    )
  const edit = (field: string, value: EditCommand['value'], id: string = randomUUID()) => {
    const command = { do: 'edit', field, value, reason: 'the customer called' } as const
    return editOrder(orderId, { id, by: 'somebody', command }, deps)
  }
  const document = async () => (await ledger.open(orderId)).order
  const exceptions = async () => Object.keys((await ledger.load(orderId))?.exceptions ?? {})
  return { ledger, capture, edit, document, exceptions }
}

const nameless = ({ sku: _, ...line }: Order['lines'][number]) => line
const unnamed = orderOf({ lines: [nameless(lineOf())] })

const homeless = orderOf({ people: {} })
const unmapped = orderOf({
  lines: [lineOf({ taxCode: 'T1', unit: 'C62' })],
  shipping: orderOf().shipping,
})

test.each(Object.entries(exceptionCatalogue).filter(([, { edits }]) => edits))(
  '%s offers edits of fields that there are',
  async (_code, { commands, edits = [] }) => {
    expect(commands).toContain('edit')
    for (const field of edits) {
      const { capture, edit } = open()
      await capture(unmapped)
      const value = field === 'shipTo' ? (unmapped.people.shipTo ?? null) : 'X'
      const edited = await edit(field.replace('<id>', '1').replace('<n>', '0'), value)
      expect([field, edited]).toMatchObject([field, { ok: true }])
    }
  },
)

test('an order without an address gets one by edit and continues', async () => {
  const { capture, edit, exceptions } = open()
  await capture(homeless)
  expect(await exceptions()).toEqual(['missing-address'])
  await edit('shipTo', orderOf().people.shipTo ?? null)
  expect(await exceptions()).toEqual([])
})

test('a line without a SKU gets one by edit and the order continues', async () => {
  const { ledger, capture, edit, exceptions, document } = open()
  await capture(unnamed)
  expect(await exceptions()).toEqual(['missing-sku'])
  expect(await edit('lines.1.sku', 'MUG')).toMatchObject({ ok: true })
  expect(await exceptions()).toEqual([])
  expect((await document())?.lines[0]?.sku).toBe('MUG')
  expect((await ledger.load(orderId))?.intents['create-order']?.state).toBe('pending')
})

test("an edit's values are stored with the personal data, not on the timeline", async () => {
  const { ledger, capture, edit, document } = open()
  await capture(orderOf())
  await edit('shipTo.address1', 'Street 7')
  expect((await document())?.people.edits).toEqual([
    { field: 'shipTo.address1', old: 'Street 1', value: 'Street 7', by: 'somebody', at: start },
  ])
  const events = ledger.commits.at(-1)?.events ?? []
  expect(events[0]).toMatchObject({
    type: 'order.edited',
    by: 'somebody',
    field: 'shipTo.address1',
  })
  expect(JSON.stringify(events)).not.toMatch(/Street/)
})

test('an edit applies to the newest document if it changed meanwhile', async () => {
  const { ledger, capture, edit, document } = open()
  await capture(orderOf())
  const read = ledger.open.bind(ledger)
  let meanwhile = async () => {
    meanwhile = async () => {}
    await capture(orderOf({ version: seconds(60), lines: [lineOf({ quantity: 3 })] }))
  }
  ledger.open = async (...asked) => {
    const opened = await read(...asked)
    await meanwhile()
    return opened
  }
  expect(await edit('shipTo.address1', 'Street 7')).toMatchObject({ ok: true })
  expect(await document()).toMatchObject({
    lines: [{ quantity: 3 }],
    people: { shipTo: { address1: 'Street 7' } },
  })
})

test('an edit survives snapshots with the same channel value', async () => {
  const { capture, edit, document } = open()
  await capture(orderOf())
  await edit('shipTo.address1', 'Street 7')
  await capture(orderOf({ version: seconds(60), lines: [lineOf({ quantity: 3 })] }))
  const order = await document()
  expect(order?.lines[0]?.quantity).toBe(3)
  expect(order?.people.shipTo?.address1).toBe('Street 7')
})

test("an edit lapses when the channel's value changes", async () => {
  const { capture, edit, document } = open()
  await capture(orderOf())
  await edit('shipTo.address1', 'Street 7')
  const { shipTo } = orderOf().people
  if (!shipTo) throw new Error('the order has an address')
  await capture(
    orderOf({ version: seconds(60), people: { shipTo: { ...shipTo, address1: 'Lane 9' } } }),
  )
  expect((await document())?.people.shipTo?.address1).toBe('Lane 9')
})

test('the same snapshot again changes nothing, edited or not', async () => {
  const { ledger, capture, edit } = open()
  await capture(orderOf())
  await edit('note', 'ring twice')
  const before = ledger.commits.length
  await capture(orderOf())
  expect(ledger.commits).toHaveLength(before)
})

test('an edit after posting is sent to the systems, or is an exception', async () => {
  const { capture, edit, exceptions, ledger } = open()
  await capture(orderOf())
  const quietly = { ledger, policy, jitter: async () => {} }
  const claim = { type: 'claim', at: start, intentId: 'create-order', leaseSeconds: 15 } as const
  await recordFact({ id: orderId }, claim, quietly)
  const outcome = { type: 'outcome', at: start, intentId: 'create-order', epoch: 1 } as const
  const made = { during: 'make', result: { ok: true, value: { id: '9' } }, lagSeconds: 0 } as const
  await recordFact({ id: orderId }, { ...outcome, ...made }, quietly)
  await edit('lines.1.sku', 'MUG-2')
  expect(await exceptions()).toEqual(['amended-after-posting'])
})

test('the same command twice edits once; a second edit of a field keeps what the channel said', async () => {
  const { ledger, capture, edit, document } = open()
  await capture(orderOf())
  await edit('shipTo.city', 'Village', 'e')
  const { length } = ledger.commits
  await edit('shipTo.city', 'Village', 'e')
  expect(ledger.commits).toHaveLength(length)
  await edit('shipTo.city', 'Hamlet')
  expect((await document())?.people.edits).toMatchObject([{ old: 'Town', value: 'Hamlet' }])
})

test.each([
  ['total', '1', 'there is no field total; write shipTo'],
  ['lines.9.sku', 'MUG', 'the order has no lines.9.sku; write the id of one of its lines'],
  ['billTo.city', 'Town', 'the order has no billTo.city; edit billTo as a whole first'],
  ['shipTo.countryCode', 'Germany', 'shipTo.countryCode does not accept this value: '],
  ['shipTo', 'Street 1', 'shipTo does not accept this value: '],
  ['__proto__.x', 'y', 'there is no field'],
])('%s cannot become %s, and the reason says what to write', async (field, value, reason) => {
  const { ledger, capture, edit } = open()
  await capture(orderOf())
  const { length } = ledger.commits
  expect(await edit(field, value)).toMatchObject({
    ok: false,
    error: { reason: expect.stringContaining(reason) },
  })
  expect(ledger.commits).toHaveLength(length)
})

test('an edit that is too large is rejected with a reason and changes nothing', async () => {
  const { ledger, capture, edit } = open()
  await capture(orderOf())
  const commits = ledger.commits.length
  // What stands in the document stands beside it once more, as the edit.
  const value = { name: 'A', address1: 'ü'.repeat(80_000), city: 'Town', countryCode: 'DE' }
  const edited = await edit('shipTo', value)
  expect(edited).toMatchObject({
    ok: false,
    error: { reason: 'this shipTo makes the order larger than 300000 bytes; write less' },
  })
  expect(ledger.commits).toHaveLength(commits)
})
