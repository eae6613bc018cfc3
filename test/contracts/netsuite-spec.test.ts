import { z } from 'zod'
import { netsuite } from '../../connectors/netsuite/index.ts'
import { interpret } from '../../connectors/netsuite/responses.ts'
import type { Call, Reply } from '../../domain/account.ts'
import { casesIn, requestOf } from '../support/fixtures.ts'
import { isWrite, netsuiteAccount, subjectOf } from '../support/netsuite.ts'
import { withSpec } from '../support/specs.ts'

const Contract = z.object({
  operations: z.record(z.string(), z.union([z.array(z.number()), z.string()])),
  nsError: z.object({ 'o:errorDetails': z.tuple([z.record(z.string(), z.string())]) }).loose(),
  errorSamples: z.array(z.object({ status: z.number(), body: z.unknown() })),
  query: z.record(z.string(), z.unknown()),
  salesOrder: z.record(z.string(), z.unknown()),
  'salesOrder-itemElement': z.record(z.string(), z.unknown()),
})

/** Fields that we send and that the contract, which is an extract, does not list: each with where it is from. */
const unlisted: Readonly<Record<string, string>> = {
  'line:custcol_crossdock_line': 'a transaction line field that the integrator adds (README)',
}

/** Fields that the twin shows beside those of the contract. */
const shownToo: Readonly<Record<string, string>> = {
  'order:id': 'every record has it',
  'order:tranId': 'the number people use; public REST API Browser',
  'order:total': 'public REST API Browser',
  'order:createdDate': 'public REST API Browser',
  'order:links': 'HATEOAS, on every resource',
  ...unlisted,
}

withSpec('back-office/netsuite/netsuite-rest-contract.json', (text) => {
  const contract = Contract.parse(JSON.parse(text))
  const order = Object.keys(contract.salesOrder)
  const line = Object.keys(contract['salesOrder-itemElement'])
  const strange = (body: Body, except: Readonly<Record<string, string>>) =>
    [
      ...Object.keys(body)
        .filter((f) => !order.includes(f))
        .map((f) => `order:${f}`),
      ...body.item.items
        .flatMap(Object.keys)
        .filter((f) => !line.includes(f))
        .map((f) => `line:${f}`),
    ].filter((f) => !except[f])

  test.each(casesIn('netsuite', '.requests.json'))('%s has only fields of the contract', (name) => {
    const body = Body.parse(requestOf('netsuite', name))
    expect(strange(body, unlisted)).toEqual([])
  })

  test('an amendment has only fields and parameters of the contract', async () => {
    const stage = netsuiteAccount()
    const subject = subjectOf('discounts-shipping-tax')
    const lines = subject.lines.map(({ id }) => ({ id, quantity: 1 }))
    await netsuite.accounting.effects['create-order']?.make(stage.account, subject)
    await netsuite.accounting.effects['amend-order']?.make(stage.account, { ...subject, lines })
    const { url = '', body = '' } = stage.account.calls.findLast(isWrite) ?? {}
    expect(strange(Body.parse(JSON.parse(body)), unlisted)).toEqual([])
    const parameters = [...new URL(url).searchParams.keys()]
    expect(parameters).toEqual(['replace'])
    expect(Object.keys(contract.query)).toEqual(expect.arrayContaining(parameters))
  })

  test('the twin shows only fields of the contract', async () => {
    const stage = netsuiteAccount({
      settings: { location: '2', taxCode: '-8', currencies: { USD: '1' } },
    })
    await netsuite.accounting.effects['create-order']?.make(
      stage.account,
      subjectOf('discounts-shipping-tax'),
    )
    const reply = await stage.ask('GET', 'salesOrder/1001?expandSubResources=true')
    expect(strange(Body.parse(JSON.parse(reply.body ?? '')), shownToo)).toEqual([])
  })

  test('every operation exists, and the twin answers it with a status of the contract', async () => {
    const journey = await wholeJourney()
    const seen = journey.map(([call, reply]) => [operationOf(call), reply.status] as const)
    const wrong = seen.filter(([operation, status]) => {
      const allowed = contract.operations[operation]
      return !Array.isArray(allowed) || (status < 400 && !allowed.includes(status))
    })
    expect(wrong).toEqual([])
    expect(new Set(seen.map(([operation]) => operation))).toEqual(
      new Set([
        'GET /salesOrder/{id}',
        'POST /salesOrder',
        'PATCH /salesOrder/{id}',
        'POST /salesOrder/{id}/!transform/itemFulfillment',
      ]),
    )
  })

  test('the twin refuses in the shape of the contract', async () => {
    const stage = netsuiteAccount()
    const fields = Object.keys(contract.nsError['o:errorDetails'][0])
    const refusals = [
      await stage.ask('GET', 'salesOrder/9'),
      await stage.ask('POST', 'salesOrder', {}),
      await stage.ask('POST', 'salesOrder', { entity: { id: '404' } }),
      await stage.ask('PATCH', 'nothing/1', {}),
      stage.twin.throttled,
      stage.twin.unavailable,
    ]
    for (const { status, body = '' } of refusals) {
      const error = Refusal.parse(JSON.parse(body))
      expect(error.status).toBe(status)
      expect(
        error['o:errorDetails'].flatMap(Object.keys).filter((f) => !fields.includes(f)),
      ).toEqual([])
    }
  })

  test('the error samples of the contract say what happens next', () => {
    const told = contract.errorSamples.map(({ status, body }) =>
      interpret({ status, headers: {}, body: JSON.stringify(body) }, 'write'),
    )
    // An unknown item, a refused login, and an idempotency key that was seen before.
    expect(told).toMatchObject([
      { error: { next: 'except', reason: expect.stringContaining('item.items[0].item') } },
      { error: { next: 'halt' } },
      { error: { next: 'doubt' } },
    ])
  })
})

const Body = z.looseObject({
  item: z.object({ items: z.array(z.record(z.string(), z.unknown())) }),
})
type Body = z.infer<typeof Body>

const Refusal = z.strictObject({
  type: z.url(),
  title: z.string(),
  status: z.int(),
  'o:errorDetails': z.array(z.record(z.string(), z.string())),
})

/** `PATCH /salesOrder/{id}` for a call to one; an external id stands where an internal one can. */
const operationOf = ({ method, url }: Call): string => {
  const { pathname } = new URL(url)
  const path = pathname
    .replace('/services/rest/record/v1', '')
    .replace(/\/(\d+|eid:[^/]+)/, '/{id}')
  return `${method} ${path}`
}

/** All that is sent about sales orders when one is made, shipped in part and amended, and another is cancelled. */
async function wholeJourney(): Promise<readonly (readonly [Call, Reply])[]> {
  const stage = netsuiteAccount()
  const seen: (readonly [Call, Reply])[] = []
  const account: typeof stage.account = {
    ...stage.account,
    send: async (call) => {
      const reply = await stage.account.send(call)
      if (reply.ok && call.url.includes('/salesOrder')) seen.push([call, reply.value])
      return reply
    },
  }
  const shipped = subjectOf('discounts-shipping-tax')
  const shipment = {
    id: '1',
    lines: [{ id: '11', quantity: 1 }],
    shippedAt: '2026-11-21T09:30:00.000Z',
  }
  const { effects } = netsuite.accounting
  await effects['create-order']?.look?.(account, shipped)
  await effects['create-order']?.make(account, shipped)
  await effects['post-shipment']?.make(account, { ...shipped, shipment })
  await effects['amend-order']?.make(account, {
    ...shipped,
    lines: shipped.lines.map(({ id }) => ({ id, quantity: 1 })),
  })
  await effects['create-order']?.make(account, subjectOf('plain'))
  await effects['cancel-order']?.make(account, subjectOf('plain'))
  expect(seen.filter(([call]) => isWrite(call))).toHaveLength(5)
  return seen
}
