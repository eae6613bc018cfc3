import {
  buildSchema,
  execute,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { shopify } from '../../connectors/shopify/index.ts'
import { operations } from '../../connectors/shopify/operations.ts'
import { stock } from '../../connectors/shopify/stock.ts'
import type { Account } from '../../domain/account.ts'
import type { Twin } from '../../twins/kit/twin.ts'
import { casesIn, text } from '../support/fixtures.ts'
import {
  demoStore,
  orderOf,
  parcel,
  shopifyAccount,
  takeBack,
  webhook,
} from '../support/shopify.ts'
import { withSpec } from '../support/specs.ts'

interface Exchange {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly answer: { readonly data: object; readonly extensions: unknown }
}

/** Every GraphQL request of a busy day, with what the twin answered. */
async function busyDay(): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  const { shop, account } = shopifyAccount({ location: '70000000001' })
  const send: typeof account.send = async (call) => {
    const reply = await account.send(call)
    if (reply.ok && call.url.endsWith('graphql.json')) {
      exchanges.push({ ...JSON.parse(call.body ?? ''), answer: JSON.parse(reply.value.body) })
    }
    return reply
  }
  const watched = { ...account, send }
  const bodies = casesIn('shopify', '.wire.json').map((name) =>
    text('shopify', `${name}.wire.json`),
  )
  for (const body of [...bodies, longOrder(120)]) await shop.takeOrder?.(body, false)

  const window = { from: '2026-11-21T09:00:00.000Z', to: '2026-11-21T11:00:00.000Z' }
  const page = await shopify.sweep?.(watched, window)
  if (page?.ok && page.value.cursor) {
    await shopify.sweep?.(watched, { ...window, cursor: page.value.cursor })
  }
  for (const body of [...bodies, longOrder(120)]) {
    const order = orderOf(webhook(body))
    await shopify.orders.fetchOrder(watched, order.channelOrderId)
    const lines = order.lines.filter((line) => line.shippable)
    const all = Object.fromEntries(lines.map(({ id, quantity }) => [id, quantity]))
    const subject = parcel(order, all)
    await shopify.orders.effects['confirm-shipment']?.make(watched, subject)
    await shopify.orders.effects['confirm-shipment']?.look?.(watched, subject)
  }
  await shopify.orders.fetchOrder(watched, '404')
  await shopify.orders.fetchOrder(watched, 'fulfillment-order-5600000011001001')
  await backOffice(shop, watched)
  await publish(shop, watched)
  return exchanges
}

/** Numbers are read and set, one of them lost to a sale. */
async function publish(shop: Twin, account: Account): Promise<void> {
  const counts = ['MUG', 'CUP'].map((sku) => ({ sku, onHand: 5 }))
  shop.takeStock?.(JSON.stringify({ counts }))
  const page = await stock.read(account)
  await stock.find?.ask(account, ['MUG', 'NOT-THERE'])
  const listings = page.ok ? page.value.listings : []
  const changes = listings.map(({ sku, remote, values }, i) => ({
    sku,
    remote,
    value: 1,
    from: values.quantity + i,
    key: `${sku}@1`,
  }))
  await stock.attributes.quantity.write(account, changes)
  await stock.attributes.quantity.write(account, changes.slice(0, 1))
}

/** Half of an order is taken back and looked for, then the rest of it, and another one is cancelled. */
async function backOffice(shop: Twin, account: Account): Promise<void> {
  for (const [id, units] of [
    [5600000088001, [1, 3]],
    [5600000088002, [4]],
  ] as const) {
    const base = JSON.parse(text('shopify', 'paid-order.wire.json'))
    const [line] = base.line_items
    const body = JSON.stringify({
      ...base,
      id,
      admin_graphql_api_id: null,
      payment_gateway_names: ['bogus'],
      line_items: [{ ...line, quantity: 4, current_quantity: 4 }],
    })
    await shop.takeOrder?.(body, false)
    const order = orderOf(webhook(body))
    for (const quantity of units) {
      const subject = takeBack(order, { [String(line.id)]: quantity })
      await shopify.orders.effects['cancel-sale']?.make(account, subject)
      await shopify.orders.effects['cancel-sale']?.look?.(account, subject)
    }
  }
}

function longOrder(lines: number): string {
  const base = JSON.parse(text('shopify', 'paid-order.wire.json'))
  const [line] = base.line_items
  const many = Array.from({ length: lines }, (_, index) => ({
    ...line,
    id: 1500000000000 + index,
    admin_graphql_api_id: `gid://shopify/LineItem/${1500000000000 + index}`,
  }))
  return JSON.stringify({
    ...base,
    id: 5600000077001,
    admin_graphql_api_id: null,
    line_items: many,
  })
}

const exchanges = await busyDay()

test('the day uses every operation there is', () => {
  expect(new Set(exchanges.map(({ query }) => query))).toEqual(new Set(Object.values(operations)))
})

test('no request may cost more than half of what Shopify allows one', () => {
  for (const { query, answer } of exchanges) {
    expect([query, answer.extensions]).toMatchObject([
      expect.anything(),
      { cost: { requestedQueryCost: expect.any(Number) } },
    ])
    const { cost } = answer.extensions as { cost: { requestedQueryCost: number } }
    expect(cost.requestedQueryCost).toBeLessThanOrEqual(600)
  }
})

for (const version of ['2026-07', '2026-10']) {
  withSpec(`channels/shopify/admin_${version}.graphql.gz`, (sdl) => {
    describe(`by Shopify's own schema of ${version}`, () => {
      let schema: GraphQLSchema
      beforeAll(() => {
        schema = buildSchema(sdl, { assumeValid: true })
      })

      test.each(Object.entries(operations))('%s is valid', (_name, operation) => {
        expect(validate(schema, parse(operation))).toEqual([])
      })

      test('no operation asks for anything deprecated', () => {
        const deprecated = Object.values(operations).flatMap((operation) =>
          usedFields(schema, operation).filter(({ deprecationReason }) => deprecationReason),
        )
        expect(deprecated).toEqual([])
      })

      test('every variable we sent is of the type it has to be', () => {
        for (const { query, variables } of exchanges) {
          const [definition] = parse(query).definitions
          if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation')
          const read = getVariableValues(schema, definition.variableDefinitions ?? [], variables)
          expect('errors' in read ? read.errors : undefined).toBeUndefined()
        }
      })

      test('every answer of the twin is one that Shopify could give', async () => {
        for (const { query, variables, answer } of exchanges) {
          // Executing the query over the answer itself lets graphql-js check each field against the schema.
          const { data, errors } = await execute({
            schema,
            document: parse(query),
            rootValue: answer.data,
            variableValues: variables,
            // Answers name a field as the operation does.
            fieldResolver: (source, _args, _context, { path }) => source[path.key],
          })
          expect(errors).toBeUndefined()
          expect(JSON.parse(JSON.stringify(data))).toEqual(answer.data)
        }
      })
    })
  })
}

test('an order of 120 lines is fetched whole, and only named by a sweep', async () => {
  const { shop, account } = shopifyAccount()
  await shop.takeOrder?.(longOrder(120), false)
  const order = await shopify.orders.fetchOrder(account, '5600000077001')
  expect(order.ok && order.value?.lines.map(({ id }) => id)).toEqual(
    Array.from({ length: 120 }, (_, index) => String(1500000000000 + index)),
  )

  const window = { from: '2026-11-21T09:00:00.000Z', to: '2026-11-21T11:00:00.000Z' }
  const page = await shopify.sweep?.(account, window)
  const [delivery] = page?.ok ? page.value.deliveries : []
  const readings = shopify.read({
    connection: demoStore,
    via: 'sweep',
    receivedAt: '',
    headers: {},
    body: delivery?.body ?? '',
  })
  expect(readings).toEqual({
    ok: true,
    value: [{ type: 'hint', channelOrderId: '5600000077001' }],
  })
})

function usedFields(schema: GraphQLSchema, operation: string) {
  const used: { name: string; deprecationReason: string | null | undefined }[] = []
  const document = parse(operation)
  const info = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: () => {
        const field = info.getFieldDef()
        if (field) used.push({ name: field.name, deprecationReason: field.deprecationReason })
      },
    }),
  )
  return used
}
