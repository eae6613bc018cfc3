import type { ValidateFunction } from 'ajv/dist/2020.js'
import { mirakl } from '../../connectors/mirakl/index.ts'
import { stock } from '../../connectors/mirakl/stock.ts'
import type { Call } from '../../domain/account.ts'
import { casesIn, text } from '../support/fixtures.ts'
import {
  effectOf,
  ever,
  marketWith,
  miraklAccount,
  parcelOf,
  subjectOf,
} from '../support/mirakl.ts'
import { miraklOperations } from '../support/mirakl-spec.ts'
import { withSpec } from '../support/specs.ts'

interface Exchange {
  readonly call: Call
  readonly status: number
  readonly answer: string
}

type Market = Awaited<ReturnType<typeof marketWith>>

/** An account that remembers what was said and what was answered. */
function watched(market: Pick<Market, 'account'>, exchanges: Exchange[]) {
  const { account } = market
  const send: typeof account.send = async (call) => {
    const reply = await account.send(call)
    if (reply.ok) exchanges.push({ call, status: reply.value.status, answer: reply.value.body })
    return reply
  }
  return { ...account, send }
}

/** Everything that the channel asks of Mirakl, with what the twin answered. */
async function busyDay(): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = []
  const all = miraklAccount({ shopId: 7 })
  for (const name of casesIn('mirakl', '.wire.json')) {
    await all.operator.takeOrder?.(text('mirakl', `${name}.wire.json`), false)
  }
  const page = await mirakl.sweep?.(watched(all, exchanges), ever)
  if (!page?.ok || page.value.deliveries.length < 10) throw new Error('nothing was swept')

  const accepted = await marketWith('awaiting-acceptance')
  await effectOf('accept-order').make(watched(accepted, exchanges), subjectOf(accepted.order))
  await accepted.pass(3)
  await mirakl.orders.fetchOrder(watched(accepted, exchanges), accepted.id)

  for (const parcels of ['whole', 'several']) {
    const market = await marketWith('to-ship', { settings: { parcels } })
    const { order, id } = market
    const parcel = parcelOf(order, { [`${id}-1`]: 3, [`${id}-2`]: 1 })
    const account = watched(market, exchanges)
    await effectOf('confirm-shipment').make(account, parcel)
    await effectOf('confirm-shipment').look(account, parcel)
    await mirakl.orders.fetchOrder(account, id)
  }
  const refused = await marketWith('to-ship', { settings: { parcels: 'several' } })
  const tooMany = parcelOf(refused.order, { [`${refused.id}-1`]: 9 })
  await effectOf('confirm-shipment').make(watched(refused, exchanges), tooMany)

  for (const [name, change, units] of [
    ['sales-tax', { can_cancel: true }, 1],
    ['awaiting-payment', {}, 2],
    ['to-ship', {}, 1],
    ['sales-tax', {}, 1],
  ] as const) {
    const market = await marketWith(name, change)
    const account = watched(market, exchanges)
    const some = subjectOf(market.order, { [`${market.id}-1`]: units })
    await effectOf('cancel-sale').make(account, some)
    await effectOf('cancel-sale').look(account, some)
  }
  await publish(exchanges)
  return exchanges
}

/** A stock file with a line that is refused. */
async function publish(exchanges: Exchange[]): Promise<void> {
  const market = miraklAccount()
  const account = watched(market, exchanges)
  market.operator.takeStock?.(JSON.stringify({ counts: [{ sku: 'MUG', onHand: 5 }] }))
  await stock.read(account)
  await stock.find?.ask(account, ['MUG'])
  const changes = ['MUG', 'GONE'].map((sku) => ({ sku, value: 3, remote: {}, key: sku }))
  const written = await stock.attributes.quantity.write(account, changes)
  const ticket = written.ok && 'feed' in written.value ? written.value.feed : ''
  await stock.attributes.quantity.readFeed?.(account, ticket)
  await market.pass(15)
  await stock.attributes.quantity.readFeed?.(account, ticket)
}

const exchanges = await busyDay()

/** The path in Mirakl's document. */
const pathOf = ({ url }: Call): string =>
  new URL(url).pathname
    .replace(/^(\/api\/orders)\/[^/]+\/(accept|tracking|ship|cancel)$/, '$1/{order_id}/$2')
    .replace(/(\/stock\/imports)\/[^/]+\/(status|error_report)$/, '$1/{import_id}/$2')

const isJson = ({ headers }: Call): boolean => headers?.['content-type'] === 'application/json'

const nameOf = (call: Call): string => `${call.method} ${pathOf(call)}`

test('the day uses every operation there is', () => {
  expect([...new Set(exchanges.map(({ call }) => nameOf(call)))].toSorted()).toEqual([
    'GET /api/offers',
    'GET /api/offers/stock/imports/{import_id}/error_report',
    'GET /api/offers/stock/imports/{import_id}/status',
    'GET /api/orders',
    'GET /api/shipments',
    'POST /api/offers/stock/imports',
    'POST /api/shipments',
    'PUT /api/orders/cancel',
    'PUT /api/orders/refund',
    'PUT /api/orders/{order_id}/accept',
    'PUT /api/orders/{order_id}/cancel',
    'PUT /api/orders/{order_id}/ship',
    'PUT /api/orders/{order_id}/tracking',
  ])
})

/** Of offset and seek pagination, which the documents describe apart from the operations. */
const paging = ['max', 'offset', 'limit', 'page_token']

function errorsOf(validate: ValidateFunction, json: string): unknown {
  validate(JSON.parse(json))
  return validate.errors ?? []
}

withSpec('channels/mirakl/mirakl-mmp-seller-openapi.json', (spec) => {
  const operationOf = miraklOperations(spec)
  const listing = operationOf('/api/orders', 'get').reply(200)
  const operations = [...new Set(exchanges.map(({ call }) => nameOf(call)))]

  describe.each(operations)('%s', (name) => {
    const [method = '', path = ''] = name.split(' ')
    const operation = operationOf(path, method.toLowerCase())
    const ours = exchanges.filter(({ call }) => nameOf(call) === name)

    test('knows every parameter', () => {
      const used = ours.flatMap(({ call }) => [...new URL(call.url).searchParams.keys()])
      expect([...operation.parameters, ...paging]).toEqual(expect.arrayContaining(used))
    })

    const bodies = ours.flatMap(({ call }) => (isJson(call) && call.body) || [])
    if (bodies.length > 0) {
      test('takes what we send', () => {
        const validate = operation.request()
        for (const body of bodies) expect(errorsOf(validate, body)).toEqual([])
      })
    }

    const answers = ours.filter(
      ({ call, status }) =>
        (status === 200 || status === 201) && call.headers?.['accept'] === 'application/json',
    )
    if (answers.length > 0) {
      test('could answer what the twin answers', () => {
        const validate = operation.reply(answers[0]?.status ?? 0)
        for (const { answer } of answers) expect(errorsOf(validate, answer)).toEqual([])
      })
    }
  })

  test('a stock file is one part by the name that Mirakl reads', () => {
    const operation = JSON.parse(spec).paths['/api/offers/stock/imports'].post
    const { properties } = operation.requestBody.content['multipart/form-data'].schema
    const [file] = exchanges.filter(({ call }) => nameOf(call).startsWith('POST /api/offers'))
    const names = [...(file?.call.body ?? '').matchAll(/form-data; name="(\w+)"/g)].map(
      ([, part]) => part,
    )
    expect(names).toEqual(Object.keys(properties))
    for (const column of ['offer-sku', 'quantity', 'warehouse-code', 'update-delete']) {
      expect(properties.file.description).toContain(column)
    }
  })

  test.each(casesIn('mirakl', '.wire.json'))('OR11 could list %s', (name) => {
    const wire = text('mirakl', `${name}.wire.json`)
    expect(errorsOf(listing, `{"orders":[${wire}],"total_count":1}`)).toEqual([])
  })

  test('would notice a field it does not know, and a body that lacks one', () => {
    const accept = operationOf('/api/orders/{order_id}/accept', 'put').request()
    expect(
      errorsOf(accept, '{"order_lines":[{"id":"1","accepted":true,"colour":"red"}]}'),
    ).not.toEqual([])
    expect(errorsOf(accept, '{"order_lines":[{"id":"1"}]}')).not.toEqual([])
    expect(errorsOf(listing, '{"orders":[],"total_count":0,"more":true}')).not.toEqual([])
  })
})
