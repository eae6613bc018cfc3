import { z } from 'zod'
import { parseJson } from '../../domain/parse.ts'
import type { MakeTwin, TwinReply, TwinRequest, TwinWorld } from '../../domain/twin.ts'
import { BusinessCentralSettings, companyUrl, tokenUrl } from './settings.ts'
import {
  changed,
  crowded,
  dialog,
  down,
  noRecord,
  noSegment,
  nothing,
  refused,
  shown,
  unauthorized,
  withoutToken,
} from './twin-answers.ts'
import { writeLine } from './twin-lines.ts'
import { show, showLine, showList } from './twin-list.ts'
import { changeOrder, createOrder, saveOrder } from './twin-orders.ts'
import { shipAndInvoice } from './twin-posting.ts'
import {
  etagOf,
  guidOf,
  type Kind,
  orderAt,
  recordsOf,
  save,
  type TwinOrder,
} from './twin-records.ts'
import { applicationOf, isAllowed, issueToken } from './twin-tokens.ts'

/** Requests at one time of one user: five at work, and ninety-five that wait. */
const places = 100

/** Requests of one user in five minutes. */
const perWindow = 6000

/** A company in Business Central that speaks API v2.0 for items, customers, sales orders and what is posted of them. */
export const twin: MakeTwin = (world) => {
  const settings = BusinessCentralSettings.parse(world.settings)
  const signIn = new URL(tokenUrl(settings)).pathname
  const company = new URL(companyUrl(settings, '')).pathname
  let busy = 0

  async function handle(request: TwinRequest): Promise<TwinReply> {
    const url = URL.parse(request.path, 'https://twin')
    if (!url) return noSegment('')
    if (url.pathname === signIn) return issueToken(world, request)
    if (!isAllowed(world, request.headers['authorization'])) return unauthorized()
    if (busy >= places || isTooMany(world)) return crowded()
    busy += 1
    // Requests take time, so that those of one moment meet each other here.
    await new Promise((resolve) => setImmediate(resolve))
    busy -= 1
    const path = decodeURI(url.pathname)
    if (!path.startsWith(company)) return noSegment('companies')
    return answer(request, { path: path.slice(company.length), url, world })
  }

  return {
    secret: { webhookSecrets: [], ...applicationOf(world) },
    handle,
    state: () => ({
      salesOrders: recordsOf(world, 'salesOrder').map((order) => show('salesOrder', order, true)),
      customers: recordsOf(world, 'customer').map((one) => show('customer', one, false)),
      salesShipments: recordsOf(world, 'salesShipment').map((one) =>
        show('salesShipment', one, true),
      ),
      salesInvoices: recordsOf(world, 'salesInvoice').map((one) =>
        show('salesInvoice', one, false),
      ),
    }),
    throttled: crowded(),
    unavailable: down(),
  }
}

interface Asked {
  readonly path: string
  readonly url: URL
  readonly world: TwinWorld
}

const lists: Readonly<Record<string, Kind>> = {
  items: 'item',
  customers: 'customer',
  salesOrders: 'salesOrder',
  salesShipments: 'salesShipment',
  salesInvoices: 'salesInvoice',
}

function answer(request: TwinRequest, { path, url, world }: Asked): TwinReply {
  const { method, body } = request
  const [, name = '', id, rest = ''] = /^(\w+)(?:\(([\w-]+)\))?(?:\/(.+))?$/.exec(path) ?? []
  const kind = lists[name]
  if (!kind) return noSegment(name)
  if (method === 'GET' && id === undefined) return showAll(world, kind, url)
  const parsed = parseJson(body || '{}')
  if (!parsed.ok) return refused(400, 'BadRequest', 'Invalid Request Body')
  if (method === 'POST' && id === undefined && rest === '') {
    return createOne(world, kind, parsed.value)
  }
  if (kind !== 'salesOrder' || id === undefined) return notAllowed(method, name)
  const order = orderAt(world, id)
  if (!order) return noRecord('Sales Order Entity Buffer')
  return toOrder({ request, rest, input: parsed.value }, order, world)
}

interface Write {
  readonly request: TwinRequest
  readonly rest: string
  readonly input: unknown
}

function toOrder({ request, rest, input }: Write, order: TwinOrder, world: TwinWorld): TwinReply {
  const { method } = request
  if (method === 'POST' && rest === 'Microsoft.NAV.shipAndInvoice') {
    return shipAndInvoice(world, order)
  }
  if (method === 'POST' && rest === 'salesOrderLines') {
    const line = writeLine(world, { body: input, order })
    if (!line.ok) return line.error
    saveOrder(world, { ...order, lines: [...order.lines, line.value] })
    return shown(201, showLine(line.value))
  }
  if (rest === '') {
    const stale = staleness(request, order)
    if (stale) return stale
    if (method === 'DELETE') return deleteOrder(world, order)
    if (method !== 'PATCH') return notAllowed(method, 'salesOrders')
    const saved = changeOrder(world, order, input)
    return saved.ok ? shown(200, show('salesOrder', saved.value, false)) : saved.error
  }
  return toLine({ request, rest, input }, order, world)
}

function toLine({ request, rest, input }: Write, order: TwinOrder, world: TwinWorld): TwinReply {
  const [, lineId] = /^salesOrderLines\(([\w-]+)\)$/.exec(rest) ?? []
  if (lineId === undefined) return noSegment(rest)
  const before = order.lines.find(({ id }) => id === lineId)
  if (!before) return noRecord('Sales Invoice Line Aggregate')
  const stale = staleness(request, before)
  if (stale) return stale
  if (request.method === 'DELETE') {
    if (before.shippedQuantity > 0) return dialog('Quantity Shipped must be equal to 0.')
    saveOrder(world, { ...order, lines: order.lines.filter(({ id }) => id !== lineId) })
    return nothing()
  }
  if (request.method !== 'PATCH') return notAllowed(request.method, 'salesOrderLines')
  const line = writeLine(world, { body: input, before, order })
  if (!line.ok) return line.error
  const lines = order.lines.map((one) => (one.id === lineId ? line.value : one))
  saveOrder(world, { ...order, lines })
  return shown(200, showLine(line.value))
}

function deleteOrder(world: TwinWorld, order: TwinOrder): TwinReply {
  const isShipped = order.lines.some(
    ({ shippedQuantity, invoicedQuantity }) => shippedQuantity > invoicedQuantity,
  )
  if (isShipped) return dialog('Qty. Shipped Not Invoiced must be equal to 0.')
  save(world, 'salesOrder', { ...order, deleted: true })
  return nothing()
}

/** A record is changed by who has read it as it is. */
function staleness(
  { headers }: TwinRequest,
  record: { readonly id: string; readonly version: number },
): TwinReply | undefined {
  const token = headers['if-match']
  if (!token) return withoutToken()
  return token === '*' || token === etagOf(record) ? undefined : changed()
}

const CustomerInput = z.strictObject({
  number: z.string().max(20),
  displayName: z.string().max(100),
  type: z.enum(['Person', 'Company']),
  email: z.string().max(80).optional(),
})

function createOne(world: TwinWorld, kind: Kind, input: unknown): TwinReply {
  if (kind === 'salesOrder') {
    const made = createOrder(world, input)
    if (!made.ok) return made.error
    // The head was written before its lines: the answer does not total them.
    const { totalAmountIncludingTax, totalAmountExcludingTax, totalTaxAmount, ...head } = show(
      'salesOrder',
      made.value,
      false,
    )
    return shown(201, head)
  }
  const customer = CustomerInput.safeParse(input)
  if (kind !== 'customer') return notAllowed('POST', kind)
  if (!customer.success) return refused(400, 'BadRequest', 'Invalid Request Body')
  const id = guidOf(`customer/${customer.data.number}`)
  if (recordsOf(world, 'customer').some((one) => one.id === id)) {
    const reason = `The Customer already exists. Identification fields and values: No.='${customer.data.number}'`
    return refused(400, 'Internal_EntityWithSameKeyExists', reason)
  }
  return shown(201, show('customer', save(world, 'customer', { ...customer.data, id }), false))
}

/** Every item exists that somebody asks for, but those that a test declares unknown, or names so. */
function showAll(world: TwinWorld, kind: Kind, { searchParams }: URL): TwinReply {
  if (kind === 'item') {
    for (const [, quoted = ''] of (searchParams.get('$filter') ?? '').matchAll(
      /number eq '((?:[^']|'')+)'/g,
    )) {
      const number = quoted.replaceAll("''", "'")
      if (number.length > 20) return refused(400, 'Application_FilterErrorException', 'too long')
      const unknown = number.startsWith('UNKNOWN') || world.documents.get('unknownItem', number)
      const id = guidOf(`item/${number}`)
      const deleted = Boolean(unknown)
      const blocked = Boolean(world.documents.get('blockedItem', number))
      save(world, 'item', { id, number, displayName: number, blocked, deleted })
    }
  }
  return showList(world, kind, searchParams)
}

function isTooMany({ documents, now }: TwinWorld): boolean {
  const window = String(Math.floor(now().getTime() / 300_000))
  const count = z.number().catch(0).parse(documents.get('window', window)) + 1
  documents.put('window', window, count)
  return count > perWindow
}

const notAllowed = (method: string, name: string): TwinReply =>
  refused(
    405,
    'BadRequest_MethodNotAllowed',
    `'${method}' requests for '${name}' of EdmType 'Entity' are not allowed within Business Central OData web services.`,
  )
