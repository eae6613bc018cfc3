import { shipbob } from '../../connectors/shipbob/index.ts'
import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { shipbobAccount, subjectOf, withLines } from '../support/shipbob.ts'

const effect = (
  name: keyof typeof shipbob.fulfilment.effects,
): Effect & Required<Pick<Effect, 'look'>> => {
  const found = shipbob.fulfilment.effects[name]
  if (!found?.look) throw new Error(`${name} cannot be looked up`)
  return { ...found, look: found.look }
}
const release = effect('release-order')
const cancel = effect('cancel-release')

type Stage = ReturnType<typeof shipbobAccount>

/** A warehouse that has the order, and the order with ShipBob's name for it. */
async function released(subject: Subject = subjectOf('three-lines')) {
  const stage = shipbobAccount()
  const made = await release.make(stage.account, subject)
  if (!made.ok) throw new Error(made.error.reason)
  return { ...stage, subject: { ...subject, references: { wms: made.value } } }
}

const statusesOf = ({ twin }: Pick<Stage, 'twin'>) =>
  (twin.state()['orders'] as readonly { shipments: readonly { status: string }[] }[]).flatMap(
    ({ shipments }) => shipments.map(({ status }) => status),
  )

const posts = ({ account }: Pick<Stage, 'account'>) =>
  account.calls.filter(({ url }) => url.endsWith(':cancel')).length

/** The same account, where somebody else answers the cancellation. */
const answering = (account: Account, body: unknown, status = 200): Account => ({
  ...account,
  send: async (call) =>
    call.url.endsWith(':cancel')
      ? { ok: true, value: { status, headers: {}, body: JSON.stringify(body) } }
      : account.send(call),
})

describe('a release that is to be let go', () => {
  test('is cancelled with all that it consists of, once', async () => {
    const stage = await released()
    const { account, subject } = stage
    expect(await cancel.look(account, subject)).toEqual({ ok: true, value: undefined })
    const done = await cancel.make(account, subject)
    expect(done).toEqual({ ok: true, value: { id: '300000001', number: '#1001' } })
    expect(statusesOf(stage)).toEqual(['Cancelled', 'Cancelled'])
    expect(await cancel.look(account, subject)).toEqual(done)
    expect(await cancel.make(account, subject)).toEqual(done)
    expect(posts(stage)).toBe(1)
  })

  test('is found cancelled after the answer was lost', async () => {
    const { account, subject } = await released()
    account.misbehave('commit-then-drop', { which: ({ kind }) => kind === 'write' })
    expect(await cancel.make(account, subject)).toMatchObject({ error: { next: 'doubt' } })
    expect(await cancel.look(account, subject)).toMatchObject({ value: { id: '300000001' } })
  })

  test('is found by its reference where ShipBob did not say what it calls it', async () => {
    const stage = await released({ ...subjectOf('three-lines'), round: 2 })
    const subject = { ...stage.subject, references: { wms: { id: '' } } }
    expect(await cancel.make(stage.account, subject)).toMatchObject({ ok: true })
    expect(await cancel.make(stage.account, { ...subject, round: 3 })).toMatchObject({
      error: { code: 'order-not-found' },
    })
  })

  test('that was picked is refused in words, and nothing of it is cancelled', async () => {
    const stage = await released(withLines({ 'TWIN-PICKED': 1, 'TEA-100': 1 }))
    expect(await cancel.make(stage.account, stage.subject)).toEqual({
      ok: false,
      error: {
        next: 'except',
        code: 'effect-refused',
        reason: 'ShipBob does not let go of order 300000001: shipment 600000001 is picked',
      },
    })
    expect(posts(stage)).toBe(0)
    expect(statusesOf(stage)).toEqual(['Processing', 'Processing'])
    expect(await cancel.look(stage.account, stage.subject)).toEqual({ ok: true, value: undefined })
  })

  test('that was picked in the very moment is refused in words too', async () => {
    const { account, subject } = await released()
    const refused = (body: unknown, status?: number) =>
      cancel.make(answering(account, body, status), subject)
    const order = { id: 300000001, status: 'Processing' }
    const picked = { id: 600000002, status: 'Processing', status_details: [{ name: 'Picked' }] }
    const gone = { id: 600000001, status: 'Cancelled' }
    expect(await refused({ '': ['not in a cancellable state'] }, 422)).toMatchObject({
      error: { code: 'effect-refused', reason: expect.stringContaining('picked, packed or sent') },
    })
    expect(
      await refused({ status: 'PartialSuccess', order: { ...order, shipments: [gone, picked] } }),
    ).toMatchObject({
      error: { code: 'effect-refused', reason: expect.stringContaining('600000002 is picked') },
    })
    expect(
      await refused({
        status: 'Failure',
        order: { ...order, shipments: [{ id: 1, status: 'None' }] },
      }),
    ).toMatchObject({ error: { code: 'effect-refused' } })
    expect(await refused({ status: 'Failure' })).toMatchObject({ error: { next: 'doubt' } })
    expect(await refused({ done: true })).toMatchObject({ error: { next: 'doubt' } })
  })

  test('that was sent as a whole is refused', async () => {
    const stage = await released()
    await stage.pass(300)
    await stage.pass(600)
    expect(await cancel.make(stage.account, stage.subject)).toMatchObject({
      error: {
        code: 'effect-refused',
        reason: 'ShipBob does not let go of order 300000001: it has sent it all',
      },
    })
  })

  test('of which a parcel left is over only when the ledger knows of the parcel', async () => {
    const stage = await released()
    await stage.pass(300)
    const unheard = {
      error: { next: 'doubt', reason: expect.stringMatching(/parcel 6/), answersWithin: 30 },
    }
    expect(await cancel.make(stage.account, stage.subject)).toMatchObject(unheard)
    expect(statusesOf(stage)).toEqual(['Completed', 'Cancelled'])
    expect(await cancel.look(stage.account, stage.subject)).toMatchObject(unheard)
    const heard = { ...stage.subject, parcels: ['600000001'] }
    expect(await cancel.look(stage.account, heard)).toMatchObject({
      ok: true,
      value: { id: '300000001' },
    })
    expect(posts(stage)).toBe(1)
  })
})
