import { z } from 'zod'
import { NetsuiteSettings, recordUrl } from '../../connectors/netsuite/settings.ts'
import { parseJson } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { MakeTwin, TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import { absent, crowded, down, invalid, refused, shown, unauthorized, written } from './answers.ts'
import { duplicate, fulfill } from './fulfillment.ts'
import type { Place } from './lines.ts'
import { makeRecords, type Records, type RecordType, type TwinRecord } from './records.ts'
import { writeSalesOrder } from './sales-order.ts'
import { answerQuery, balances, takeStock } from './stock.ts'
import { integrationOf, makeTokens } from './tokens.ts'

/** Requests at one time that an account of the first service tier bears. */
const places = 15

/** A NetSuite account that speaks the REST record service for sales orders, customers and item fulfilments. */
export const twin: MakeTwin = (world) => {
  const integration = integrationOf(world)
  const tokens = makeTokens(world, integration)
  const records = makeRecords(world)
  let busy = 0

  async function handle(request: TwinRequest): Promise<TwinReply> {
    const url = URL.parse(request.path, 'https://twin')
    if (!url) return noSuchResource()
    if (url.pathname === '/services/rest/auth/oauth2/v1/token') return tokens.issue(request)
    if (!tokens.allows(request.headers['authorization'])) return unauthorized()
    if (busy >= places) return crowded()
    busy += 1
    // Requests take time, so that those of one moment meet each other here.
    await new Promise((resolve) => setImmediate(resolve))
    busy -= 1
    if (url.pathname === '/services/rest/query/v1/suiteql') return answerQuery(request, url, world)
    return answer(request, url, { world, records })
  }

  return {
    secret: { webhookSecrets: [], ...integration },
    handle,
    state: () => ({
      salesOrders: world.documents.all('salesOrder'),
      customers: world.documents.all('customer'),
      itemFulfillments: world.documents.all('itemFulfillment'),
      stock: balances(world),
    }),
    takeStock: (body) => takeStock({ world, records }, body),
    throttled: { ...crowded(), headers: { ...crowded().headers, 'retry-after': '1' } },
    unavailable: down(),
  }
}

const types: Readonly<Record<string, RecordType>> = {
  salesorder: 'salesOrder',
  customer: 'customer',
  itemfulfillment: 'itemFulfillment',
}

const Body = z.looseObject({ externalId: z.string().optional() })

function answer({ method, body }: TwinRequest, url: URL, place: Place): TwinReply {
  const path = /^\/services\/rest\/record\/v1\/(\w+)(?:\/([^/]+))?(?:\/!transform\/(\w+))?\/?$/
  const [, name = '', id, target] = path.exec(url.pathname.replace(/%3A/i, ':')) ?? []
  const type = types[name.toLowerCase()]
  if (!type) return noSuchResource()
  if (method === 'GET' && id && !target) return show(type, id, { url, place })

  const parsed = parseJson(body || '{}')
  const input = Body.safeParse(parsed.ok ? parsed.value : undefined)
  if (!input.success) {
    return refused(400, 'INVALID_CONTENT', { detail: 'Invalid content in the request body.' })
  }
  const write: Write = { type, input: input.data, replace: replaces(url), place }
  if (method === 'POST' && !id) return create(write)
  if (method === 'PUT' && id?.startsWith('eid:') && !target) return upsert(write, id.slice(4))
  if (method === 'PATCH' && id && !target) return change(write, id)
  if (method === 'POST' && id && target?.toLowerCase() === 'itemfulfillment') {
    return transform(write, id)
  }
  return noSuchResource()
}

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
  const { world, records } = place
  const record =
    type === 'salesOrder'
      ? writeSalesOrder(world, records, { body: input, replace, ...(existing && { existing }) })
      : writeCustomer(records, input, existing)
  return told(type, record, world)
}

function writeCustomer(
  records: Records,
  input: Write['input'],
  existing?: TwinRecord,
): Result<TwinRecord, TwinReply> {
  const merged: z.infer<typeof Body> = { ...existing, ...input }
  const required = merged['isPerson'] ? ['firstName', 'lastName'] : ['companyName']
  const missing = [...required, 'subsidiary'].filter((field) => !merged[field])
  if (missing.length > 0) {
    const detail = `Please enter value(s) for: ${missing.join(', ')}`
    return err(invalid(missing[0] ?? '', detail))
  }
  const id = existing?.id ?? String(records.next('customer', 301))
  return ok(records.save('customer', { entityId: `CUST${id}`, ...merged, id }))
}

function transform({ type, input, place }: Write, id: string): TwinReply {
  const order = type === 'salesOrder' ? place.records.find('salesOrder', id) : undefined
  if (!order) return absent()
  return told('itemFulfillment', fulfill(place, order, input), place.world)
}

function show(
  type: RecordType,
  id: string,
  { url, place }: { readonly url: URL; readonly place: Place },
): TwinReply {
  const record = place.records.find(type, id)
  if (!record) return absent()
  const links = [{ rel: 'self', href: recordUrl(settingsOf(place.world), `${type}/${record.id}`) }]
  const fields = url.searchParams.get('fields')?.split(',')
  const expanded = url.searchParams.get('expandSubResources') === 'true'
  const whole = { ...record, ...(!expanded && record['item'] ? { item: { links } } : {}) }
  const body = fields
    ? Object.fromEntries(Object.entries(whole).filter(([field]) => fields.includes(field)))
    : whole
  return shown({ links, ...body })
}

const settingsOf = (world: TwinWorld) => NetsuiteSettings.parse(world.settings)

const replaces = (url: URL): boolean =>
  (url.searchParams.get('replace') ?? '').split(',').includes('item')

const told = (
  type: RecordType,
  made: Result<TwinRecord, TwinReply>,
  world: TwinWorld,
): TwinReply =>
  made.ok ? written(recordUrl(settingsOf(world), `${type}/${made.value.id}`)) : made.error

const noSuchResource = (): TwinReply =>
  refused(404, 'INVALID_URL', { detail: 'The requested resource does not exist.' })
