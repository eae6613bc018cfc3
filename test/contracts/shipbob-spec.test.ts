import type { ValidateFunction } from 'ajv/dist/2020.js'
import { shipbob } from '../../connectors/shipbob/index.ts'
import { toRelease } from '../../connectors/shipbob/release-order.ts'
import type { Effect } from '../../domain/effects/effect.ts'
import type { TwinReply } from '../../twins/kit/twin.ts'
import { casesIn } from '../support/fixtures.ts'
import { operation } from '../support/openapi.ts'
import { shipbobAccount, subjectOf, withLines } from '../support/shipbob.ts'
import { withSpec } from '../support/specs.ts'

const effect = shipbob.fulfilment.effects['release-order'] as Effect

/** Two scrapes of one contract: the second lacks lengths and limits, the first has schemas of whole answers only. */
const documents = [
  'back-office/shipbob/openapi-2026-01.json',
  'back-office/shipbob/upstream-openapi-2026-01-apievangelist.json',
]

function errorsOf(validate: ValidateFunction, text: string | undefined): unknown {
  validate(JSON.parse(text ?? 'null'))
  return validate.errors ?? []
}

/** A twin with one order of which one parcel left, one waits, and one order that is on hold. */
async function busy() {
  const stage = shipbobAccount()
  await effect.make(stage.account, subjectOf('three-lines'))
  await effect.make(stage.account, withLines({ 'TWIN-ON-HOLD': 1 }))
  await stage.pass(300)
  const ask = (method: string, path: string, body = ''): Promise<TwinReply> =>
    stage.twin.handle({
      method,
      path,
      body,
      headers: {
        authorization: `Bearer ${String(stage.twin.secret['accessToken'])}`,
        shipbob_channel_id: '100001',
      },
    })
  return { ...stage, ask }
}

describe.each(documents)('%s', (path) => {
  withSpec(path, (text) => {
    const document: unknown = JSON.parse(text)
    const create = operation(document, '/2026-01/order', 'post')
    const list = operation(document, '/2026-01/order', 'get')

    test.each(casesIn('shipbob', '.order.json'))('takes our release of %s', (name) => {
      const release = toRelease(shipbobAccount({ locationId: 8 }).settings, subjectOf(name))
      expect(release.ok && errorsOf(create.request(), JSON.stringify(release.value))).toEqual([])
    })

    test('takes our release of a later round, a bundle and a note', () => {
      const subject = subjectOf('three-lines')
      const components = [{ sku: 'CUP', quantity: 2 }]
      const people = { ...subject.order.people, note: 'Ring twice' }
      const release = toRelease(shipbobAccount().settings, {
        ...subject,
        round: 2,
        order: { ...subject.order, people },
        lines: subject.lines.map((line) => ({ ...line, components })),
      })
      expect(release).toMatchObject({ value: { reference_id: `${subject.order.id}.r2` } })
      expect(release.ok && errorsOf(create.request(), JSON.stringify(release.value))).toEqual([])
    })

    test('knows our cancellation, by its path and its answers', async () => {
      const { account, ask, twin } = await busy()
      const cancel = operation(document, '/2026-01/order/{orderId}:cancel', 'post')
      const references = { wms: { id: '300000002' } }
      const subject = { ...subjectOf('three-lines'), references }
      await shipbob.fulfilment.effects['cancel-release']?.make(account, subject)
      expect(account.calls.at(-1)?.url).toMatch(/\/2026-01\/order\/300000002:cancel$/)
      expect(twin.state()['orders']).toMatchObject([{}, { status: 'Cancelled' }])
      const again = await ask('POST', '/2026-01/order/300000002:cancel')
      expect(again.status).toBe(422)
      expect(errorsOf(cancel.reply(422), again.body)).toEqual([])
    })

    test('knows every parameter of the look-up and the sweep', async () => {
      const { account } = shipbobAccount()
      await effect.look?.(account, subjectOf('three-lines'))
      await shipbob.sweep?.(account, {
        from: '2026-11-21T09:00:00.000Z',
        to: '2026-11-21T10:00:00.000Z',
      })
      const used = account.calls.flatMap(({ url }) => [...new URL(url).searchParams.keys()])
      expect(used.length).toBeGreaterThan(0)
      expect(list.parameters).toEqual(expect.arrayContaining(used))
    })

    test('knows the answers of the twin', async () => {
      const { ask, twin } = await busy()
      const listed = await ask('GET', '/2026-01/order')
      expect(errorsOf(list.reply(200), listed.body)).toEqual([])
      expect(errorsOf(list.reply(200), JSON.stringify(twin.state()['orders']))).toEqual([])

      const one = operation(document, '/2026-01/order/{orderId}', 'get').reply(200)
      expect(errorsOf(one, (await ask('GET', '/2026-01/order/300000001')).body)).toEqual([])
      const cancel = operation(document, '/2026-01/order/{orderId}:cancel', 'post').reply(200)
      expect(errorsOf(cancel, (await ask('POST', '/2026-01/order/300000001:cancel')).body)).toEqual(
        [],
      )
    })

    test('knows what the twin says of a new order and of a refused one', async () => {
      const { ask } = await busy()
      const release = toRelease(shipbobAccount().settings, withLines({ A: 1, B: 2 }, 'shopify_x_1'))
      const body = JSON.stringify(release.ok && release.value)
      const made = await ask('POST', '/2026-01/order', body)
      expect(made.status).toBe(201)
      expect(errorsOf(create.reply(201), made.body)).toEqual([])

      const duplicate = await ask('POST', '/2026-01/order', body)
      const invalid = await ask('POST', '/2026-01/order', '{"type":"Other"}')
      for (const refused of [duplicate, invalid]) {
        expect(refused.status).toBe(422)
        expect(errorsOf(create.reply(422), refused.body)).toEqual([])
      }
      const unreadable = await ask('POST', '/2026-01/order', 'no JSON')
      expect(unreadable.status).toBe(400)
      expect(errorsOf(create.reply(400), unreadable.body)).toEqual([])
    })

    test('would notice a field it does not know, in a request and in an answer', () => {
      const release = toRelease(shipbobAccount().settings, subjectOf('three-lines'))
      const strange = { ...(release.ok && release.value), colour: 'red' }
      expect(errorsOf(create.request(), JSON.stringify(strange))).not.toEqual([])
      expect(
        errorsOf(list.reply(200), '[{"id":1,"shipments":[{"id":1,"colour":"red"}]}]'),
      ).not.toEqual([])
    })
  })
})
