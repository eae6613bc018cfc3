import { effectCatalogue, purposeOf } from '../../domain/effects/catalogue.ts'
import { doubt, except, retry } from '../../domain/failure.ts'
import { erasedWords } from '../../domain/privacy/forgotten.ts'
import { impersonal } from '../../domain/privacy/impersonal.ts'
import { withoutPeople } from '../../domain/privacy/without-people.ts'
import { err, ok } from '../../domain/result.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { EffectName } from '../../schemas/events/order-event.ts'
import { openLane } from '../support/lane.ts'
import { orderId } from '../support/orders.ts'

const people = {
  customer: { id: 'c-77', name: 'Ann van der Berg', email: 'ann@berg.example', phone: '+4930123' },
  shipTo: { name: 'Ann Berg', address1: 'Long  Street 5', city: 'Town', countryCode: 'DE' },
  note: 'ring twice',
}

test.each([
  ['no address for Ann Van Der Berg', 'no address for …'],
  ['BERG is not a name', '… is not a name'],
  ['"ann@berg.example" is not an e-mail', '"…" is not an e-mail'],
  ['Long Street 5, Town: not found', '…, …: not found'],
  ['the note "ring\n twice" is too long', 'the note "…" is too long'],
  [
    'c-77 has no name here; it cannot be posted to DE',
    'c-77 has no name here; it cannot be posted to DE',
  ],
  ['cut: Long Street', 'cut: …'],
  ['cut: ANN VAN DER B', 'cut: …'],
  ['cut: ann@be', 'cut: …'],
  ['Town does not belong', '… does not belong'],
  ['it was so long', 'it was so long'],
  ['it takes no spring tw', 'it takes no spring tw'],
  ['the number begins with +49', 'the number begins with +49'],
])('%j is shown as %j', (said, shown) => {
  expect(withoutPeople(said, people)).toBe(shown)
})

test('what a system says of people reaches nobody who reads its refusal, nor the document it made otherwise', async () => {
  for (const answer of [
    err(except('effect-refused', 'Recipient of Street 1 is unknown')),
    err(doubt('Recipient of Street 1 is unknown')),
    ok({ id: 'made', differs: 'sent to Recipient, Street 1' }),
  ]) {
    const lane = await openLane({ safety: { by: 'none' } })
    Object.assign(lane.system.system.effects['create-order'] ?? {}, { make: async () => answer })
    await lane.work()
    const text = JSON.stringify(await lane.state())
    expect(text).toMatch(/… of …|sent to …, …/)
    expect(text).not.toMatch(/Recipient|Street/)
  }
})

test('a system that quotes the order as it was changed meanwhile names nobody either', async () => {
  const lane = await openLane({ safety: { by: 'none' } })
  const shipTo = {
    name: 'Karl-Heinz Other',
    address1: 'Elsewhere 5',
    city: 'Town',
    countryCode: 'DE',
  }
  let opens = 0
  const changing = async (id: OrderId) => {
    const { state, order } = await lane.ledger.open(id)
    opens += 1
    return {
      state,
      order: order && opens === 1 ? { ...order, total: 1, people: { shipTo } } : order,
    }
  }
  const reason = 'Recipient of Street 1, once Karl-Heinz of Elsewhere 5, is unknown'
  Object.assign(lane.system.system.effects['create-order'] ?? {}, {
    make: async () => err(except('effect-refused', reason)),
  })
  lane.recording.ledger.open = changing
  const done = await lane.work()
  expect(opens).toBe(2)
  expect(done?.reason).toBe('… of …, once … of …, is unknown')
  expect(JSON.stringify(await lane.state())).not.toMatch(/Recipient|Karl|Elsewhere/)
})

test('what a system says of people who are gone is not kept, what we say of the system is', async () => {
  const said: string[] = []
  for (const answer of [
    err(except('effect-refused', 'Recipient is unknown')),
    ok({ id: 'x', differs: 'sent to Recipient' }),
    err(retry('it answered 503')),
  ]) {
    const lane = await openLane({ safety: { by: 'key' } })
    await lane.work()
    lane.ledger.forget(orderId)
    const effect = { safety: { by: 'key' }, find: 'in-doubt', make: async () => answer } as const
    const subject = await lane.subject()
    const told = await impersonal(effect, [await lane.ledger.open(orderId)]).make(
      lane.system.account,
      subject,
    )
    said.push(JSON.stringify(told))
  }
  expect(said.join()).not.toContain('Recipient')
  expect(said.filter((text) => text.includes(erasedWords))).toHaveLength(2)
  expect(said[2]).toContain('it answered 503')
})

test('an order whose people are gone is not posted, stands as an exception', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  lane.ledger.forget(orderId)
  await lane.work()
  expect(lane.system.asked()).toBe(0)
  const { exceptions } = await lane.state()
  expect(Object.values(exceptions)).toMatchObject([
    { code: 'personal-data-gone', subject: 'create-order', owner: 'customer-service' },
  ])
})

test('every effect is for a purpose, and an ERP and a warehouse get no order without people', () => {
  expect(new Set(EffectName.options.map(purposeOf))).toEqual(
    new Set(['post-order', 'release', 'update-channel']),
  )
  expect(purposeOf('release-order:2')).toBe('release')
  expect(EffectName.options.filter((effect) => effectCatalogue[effect].copy)).toEqual([
    'create-order',
    'amend-order',
    'release-order',
    'amend-release',
  ])
})
