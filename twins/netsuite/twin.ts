import { z } from 'zod'
import { answering, fitting, isAt, json, refuse } from '../kit/answer.ts'
import { readJson } from '../kit/body.ts'
import { places } from '../kit/rate-limits.ts'
import { accessTokens, bearerOf } from '../kit/tokens.ts'
import type { MakeTwin, TwinReply, TwinRequest } from '../kit/twin.ts'
import {
  absent,
  crowded,
  down,
  duplicate,
  invalid,
  noSuchResource,
  refused,
  shown,
  unauthorized,
  written,
} from './answers.ts'
import { fulfill } from './fulfillment.ts'
import type { Place } from './lines.ts'
import { makeRecords, type Records, type RecordType, type TwinRecord } from './records.ts'
import { writeSalesOrder } from './sales-order.ts'
import { hostOf, recordPath, suiteqlPath, tokenPath } from './settings.ts'
import { answerQuery, balances, takeStock } from './stock.ts'
import { integrationOf, problemOf } from './tokens.ts'

/** Requests at one time that an account of the first service tier bears. */
const mostAtOnce = 15

/** A NetSuite account that speaks the REST record service for sales orders, customers and item fulfilments. */
export const twin: MakeTwin = (world) => {
  const integration = integrationOf(world)
  const tokens = accessTokens(world, { prefix: 'eyTwin.', seconds: 3600 })
  const place = { world, records: makeRecords(world) }
  const enter = places(mostAtOnce)

  const handle = answering(async (request) => {
    const url = URL.parse(request.path, 'https://twin')
    if (!url || !isAt(request, hostOf(world))) return noSuchResource()
    if (url.pathname === tokenPath) {
      const problem = problemOf(request, integration, world)
      return problem ?? tokenAnswer(tokens.issue())
    }
    if (!tokens.allows(bearerOf(request))) return unauthorized()
    if (!(await enter())) return crowded()
    if (url.pathname === suiteqlPath) return answerQuery(request, url, world)
    return answer(request, url, place)
  })

  return {
    secret: { webhookSecrets: [], ...integration },
    handle,
    state: () => ({
      salesOrders: world.documents.all('salesOrder'),
      customers: world.documents.all('customer'),
      itemFulfillments: world.documents.all('itemFulfillment'),
      stock: balances(world),
    }),
    takeStock: (body) => takeStock(place, body),
    throttled: { ...crowded(), headers: { ...crowded().headers, 'retry-after': '1' } },
    unavailable: down(),
  }
}

const tokenAnswer = (token: string): TwinReply =>
  json(200, { access_token: token, expires_in: '3600', token_type: 'bearer' })

const types: Readonly<Record<string, RecordType>> = {
  salesorder: 'salesOrder',
  customer: 'customer',
  itemfulfillment: 'itemFulfillment',
}

const Body = z.looseObject({ externalId: z.string().optional() })

function answer({ method, body }: TwinRequest, url: URL, place: Place): TwinReply {
  const path = url.pathname.replace(/%3A/i, ':')
  const [, name = '', id, target] = resource.exec(path.replace(recordPath, '')) ?? []
  const type = types[name.toLowerCase()]
  if (!type || !path.startsWith(recordPath)) return noSuchResource()
  if (method === 'GET' && id && !target) return show(type, id, { url, place })

  const input = fitting(Body, readJson(body || '{}'), () =>
    refused(400, 'INVALID_CONTENT', { detail: 'Invalid content in the request body.' }),
  )
  const write: Write = { type, input, replace: replaces(url), place }
  if (method === 'POST' && !id) return create(write)
  if (method === 'PUT' && id?.startsWith('eid:') && !target) return upsert(write, id.slice(4))
  if (method === 'PATCH' && id && !target) return change(write, id)
  if (method === 'POST' && id && target?.toLowerCase() === 'itemfulfillment') {
    return transform(write, id)
  }
  return noSuchResource()
}

const resource = /^(\w+)(?:\/([^/]+))?(?:\/!transform\/(\w+))?\/?$/

interface Write {
  readonly type: RecordType
  readonly input: z.infer<typeof Body>
  readonly replace: boolean
  readonly place: Place
}

/** POST makes a record or nothing: an external id is one record's. */
function create({ type, input, place }: Write): TwinReply {
  const { externalId } = input
  if (type === 'itemFulfillment') return noSuchResource()
  if (place.records.taken(type, externalId)) {
    return duplicate(type === 'customer' ? 'entity' : 'record')
  }
  return save({ type, input, replace: false, place })
}

/** PUT makes a record or changes the one that has the external id. */
function upsert(write: Write, externalId: string): TwinReply {
  const existing = write.place.records.taken(write.type, externalId)
  return save({ ...write, input: { ...write.input, externalId } }, existing)
}

function change(write: Write, id: string): TwinReply {
  const existing = write.place.records.find(write.type, id)
  return existing ? save(write, existing) : absent()
}

function save({ type, input, replace, place }: Write, existing?: TwinRecord): TwinReply {
  if (type === 'itemFulfillment') return noSuchResource()
  const record =
    type === 'salesOrder'
      ? writeSalesOrder(place, { body: input, replace, ...(existing && { existing }) })
      : writeCustomer(place.records, input, existing)
  return written(urlOf(place, `${type}/${record.id}`))
}

function writeCustomer(records: Records, input: Write['input'], existing?: TwinRecord): TwinRecord {
  const merged: z.infer<typeof Body> = { ...existing, ...input }
  const required = merged['isPerson'] ? ['firstName', 'lastName'] : ['companyName']
  const missing = [...required, 'subsidiary'].filter((field) => !merged[field])
  if (missing.length > 0) {
    refuse(invalid(missing[0] ?? '', `Please enter value(s) for: ${missing.join(', ')}`))
  }
  const id = existing?.id ?? String(records.next('customer', 301))
  return records.save('customer', { entityId: `CUST${id}`, ...merged, id })
}

function transform({ type, input, place }: Write, id: string): TwinReply {
  const order = type === 'salesOrder' ? place.records.find('salesOrder', id) : undefined
  if (!order) return absent()
  return written(urlOf(place, `itemFulfillment/${fulfill(place, order, input).id}`))
}

function show(
  type: RecordType,
  id: string,
  { url, place }: { readonly url: URL; readonly place: Place },
): TwinReply {
  const record = place.records.find(type, id)
  if (!record) return absent()
  const links = [{ rel: 'self', href: urlOf(place, `${type}/${record.id}`) }]
  const fields = url.searchParams.get('fields')?.split(',')
  const expanded = url.searchParams.get('expandSubResources') === 'true'
  const whole = { ...record, ...(!expanded && record['item'] ? { item: { links } } : {}) }
  const body = fields
    ? Object.fromEntries(Object.entries(whole).filter(([field]) => fields.includes(field)))
    : whole
  return shown({ links, ...body })
}

const urlOf = ({ world }: Place, path: string): string =>
  `https://${hostOf(world)}${recordPath}${path}`

const replaces = (url: URL): boolean =>
  (url.searchParams.get('replace') ?? '').split(',').includes('item')
