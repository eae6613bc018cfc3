import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { Shipment } from '../canonical/shipment.ts'
import { OrderEvent } from '../events/order-event.ts'
import { Command } from './command.ts'
import type { Endpoint, endpoints } from './endpoints.ts'
import { Accepted, ExceptionPage, ExceptionRecord } from './exception-record.ts'
import { TermsOfListings, TermsView } from './listing-terms.ts'
import { OrderSubmission } from './order-submission.ts'
import { OrderList, OrderView } from './order-view.ts'
import { ProblemDetails, type ProblemKind, problemKinds } from './problem.ts'
import { Report } from './report.ts'
import { rolesOfEndpoint, scopeOf } from './roles.ts'
import { AvailabilityView, StockCounts, StockMovement, StockMovements, StockView } from './stock.ts'
import { Timeline } from './timeline.ts'

type Json = Readonly<Record<string, unknown>>

/** Named schemas in the description; all others are inlined. */
const everywhere = { ConnectionId, Instant, OrderId }
const taken = {
  ...everywhere,
  OrderSubmission,
  Command,
  Report,
  StockCounts,
  StockMovement,
  StockMovements,
  TermsOfListings,
}
const given = {
  ...everywhere,
  Event: OrderEvent,
  Shipment,
  Accepted,
  Order: OrderView,
  OrderList,
  Timeline,
  Exception: ExceptionRecord,
  ExceptionPage,
  Stock: StockView,
  Availability: AvailabilityView,
  Terms: TermsView,
  Problem: ProblemDetails,
}

export type Description = Json & { readonly openapi: string }

/** The API in OpenAPI 3.1, generated from the schemas that validate its requests. */
export function openApi(all: typeof endpoints): Description {
  const paths: Record<string, Record<string, unknown>> = {}
  const names = Object.keys(all) as (keyof typeof all)[] // Object.keys forgets the type of its object.
  for (const operationId of names) {
    const endpoint = all[operationId]
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: operation(operationId, endpoint),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Crossdock Capability API',
      version: '1',
      description: 'Submit orders, follow them, clear exceptions, report stock. See docs/api.md.',
    },
    security: [{ sigv4: [] }, { bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'AWS Signature Version 4, service execute-api (`authorizer: "iam"`).',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A token from the issuer in the settings (`authorizer: "jwt"`).',
        },
      },
      schemas: { ...named(taken, 'input'), ...named(given, 'output') },
    },
  }
}

function operation(operationId: keyof typeof endpoints, endpoint: Endpoint): Json {
  const { summary, method, body, status, answer, problems } = endpoint
  const kinds: readonly ProblemKind[] = ['bad-request', ...problems, 'internal']
  return {
    operationId,
    summary,
    'x-roles': [...rolesOfEndpoint[operationId].map(scopeOf), scopeOf('admin')],
    parameters: [
      ...parameters(endpoint.params, 'path'),
      ...parameters(endpoint.query, 'query'),
      ...parameters(endpoint.headers, 'header'),
    ],
    ...(method === 'POST' && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(body, taken, 'input') } },
      },
    }),
    responses: {
      [status]: {
        description: 'Done.',
        content: { 'application/json': { schema: schemaOf(answer, given, 'output') } },
      },
      ...Object.fromEntries(
        [...new Set(kinds.map((kind) => problemKinds[kind].status))].map((code) => [
          code,
          {
            description: kinds
              .filter((kind) => problemKinds[kind].status === code)
              .map((kind) => problemKinds[kind].title)
              .join('; or: '),
            content: { 'application/problem+json': { schema: reference('Problem') } },
          },
        ]),
      ),
      '401': { description: 'The token is missing or invalid (answered by API Gateway).' },
      '403': {
        description: `The signature or the permission is missing (answered by API Gateway); or: ${problemKinds['no-subject'].title}; or: ${problemKinds['role-missing'].title}`,
        content: { 'application/problem+json': { schema: reference('Problem') } },
      },
      '429': { description: 'Too many requests (answered by API Gateway).' },
    },
  }
}

function parameters(schema: z.ZodObject, where: 'path' | 'query' | 'header'): Json[] {
  const { properties = {}, required = [] } = plain(schema, 'input')
  return Object.entries(Object(properties)).map(([name, property]) => {
    const { description, ...rest } = Object(property)
    return {
      name,
      in: where,
      required: where === 'path' || (Array.isArray(required) && required.includes(name)),
      ...(description !== undefined && { description }),
      schema: rest,
    }
  })
}

type Io = 'input' | 'output'
type Names = Readonly<Record<string, z.ZodType>>

/** A reference if the schema has a name. */
function schemaOf(schema: z.ZodType, names: Names, io: Io): unknown {
  const name = Object.keys(names).find((each) => names[each] === schema)
  return name === undefined ? plain(schema, io) : reference(name)
}

const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

function named(names: Names, io: Io): Json {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(names)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    io,
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, ...rest }]) => [name, rest]),
  )
}

function plain(schema: z.ZodType, io: Io): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
