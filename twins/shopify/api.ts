import { type DocumentNode, execute, parse, validate } from 'graphql'
import { json } from '../kit/answer.ts'
import { loose, readJson } from '../kit/body.ts'
import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import { digits, textOf } from './body.ts'
import { actualCost, leakyBucket, requestedCost, singleQueryLimit } from './cost.ts'
import { orderIdWithin } from './fulfil.ts'
import { toItemNode } from './inventory.ts'
import { type Backstage, mutations } from './mutations.ts'
import { toFulfilmentNode, toFulfilmentOrderNode, toOrderNode } from './nodes.ts'
import { fulfilmentOrdersOf, fulfilmentsOf } from './order.ts'
import type { Slice } from './pages.ts'
import { schema } from './schema.ts'

/** One GraphQL request, with what it costs. */
export function graphqlApi(world: TwinWorld, backstage: Backstage) {
  const bucket = leakyBucket(world.now)
  const documents = new Map<string, DocumentNode | readonly string[]>()
  const rootValue = roots(world, backstage)

  return async (body: string): Promise<TwinReply> => {
    const request = loose(readJson(body))
    const query = textOf(request['query'])
    if (!query) return json(400, { errors: { query: 'Required parameter missing or invalid' } })

    const document = documents.get(query) ?? documentOf(query)
    documents.set(query, document)
    if (!('kind' in document)) return json(200, { errors: document.map(validationError) })

    const variableValues = loose(request['variables'])
    const requestedQueryCost = requestedCost(document, variableValues)
    const costs = (actualQueryCost: number | null) => ({
      cost: { requestedQueryCost, actualQueryCost, throttleStatus: bucket.status() },
    })
    if (requestedQueryCost > singleQueryLimit) {
      const message = `Query cost is ${requestedQueryCost}, which exceeds the single query max cost limit (1000).`
      return json(200, { errors: [coded('MAX_COST_EXCEEDED', message)], extensions: costs(null) })
    }
    if (!bucket.admits(requestedQueryCost)) {
      return json(200, { errors: [coded('THROTTLED', 'Throttled')], extensions: costs(null) })
    }

    const { data, errors } = await execute({ schema, document, rootValue, variableValues })
    const actual = Math.min(requestedQueryCost, actualCost(data))
    bucket.charge(actual)
    const problems = errors?.map(({ message, extensions }) =>
      coded(textOf(extensions['code']) ?? 'INTERNAL_SERVER_ERROR', message),
    )
    return json(200, { data, ...(problems && { errors: problems }), extensions: costs(actual) })
  }
}

function documentOf(query: string): DocumentNode | readonly string[] {
  try {
    const document = parse(query)
    const errors = validate(schema, document)
    return errors.length > 0 ? errors.map(({ message }) => message) : document
  } catch (error) {
    return [error instanceof Error ? error.message : 'syntax error']
  }
}

/** What the root fields answer, by name, for queries and mutations alike. */
function roots(world: TwinWorld, backstage: Backstage) {
  const { orders, inventory } = backstage
  return {
    shop: { id: 'gid://shopify/Shop/1', currencyCode: 'USD' },
    productVariants: ({ query, ...slice }: Slice & { readonly query?: string | null }) =>
      inventory.variants(slice, query ?? undefined),
    nodes: ({ ids }: { readonly ids: readonly string[] }) =>
      ids.map((id) => {
        const item = inventory.find(id)
        return item ? toItemNode(item) : null
      }),
    order: ({ id }: { readonly id: string }) => {
      const order = orders.find(digits(id))
      return order ? toOrderNode(order) : null
    },
    orders: ({ query = '', ...slice }: Slice & { readonly query?: string }) => {
      const page = orders.search(query, slice)
      return { ...page, nodes: page.nodes.map(toOrderNode) }
    },
    fulfillment: ({ id }: { readonly id: string }) => {
      const order = orders.find(orderIdWithin(id))
      const made = order && fulfilmentsOf(order).find((one) => id.endsWith(`/${one.id}`))
      return order && made ? toFulfilmentNode(order, made) : null
    },
    fulfillmentOrder: ({ id }: { readonly id: string }) => {
      const order = orders.find(orderIdWithin(id))
      const planned = order && fulfilmentOrdersOf(order).find((one) => id.endsWith(`/${one.id}`))
      return order && planned ? toFulfilmentOrderNode(order, planned) : null
    },
    ...mutations(world, backstage),
  }
}

const validationError = (message: string) => ({ message })

/** An error as GraphQL answers carry it. */
export const coded = (code: string, message: string) => ({ message, extensions: { code } })
