import { z } from 'zod'
import { answering, fitting, isAt, json, refuse } from '../kit/answer.ts'
import { readJson } from '../kit/body.ts'
import { guidOf } from '../kit/ids.ts'
import { places, slidingLimit } from '../kit/rate-limits.ts'
import { accessTokens, bearerOf } from '../kit/tokens.ts'
import type { MakeTwin, TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import {
  changed,
  crowded,
  dialog,
  down,
  noRecord,
  noSegment,
  notAllowed,
  nothing,
  refused,
  shown,
  unauthorized,
  withoutToken,
} from './answers.ts'
import { inventory, showItems, takeStock } from './items.ts'
import { writeLine } from './lines.ts'
import { show, showLine, showList } from './list.ts'
import { changeOrder, createOrder, saveOrder } from './orders.ts'
import { shipAndInvoice } from './posting.ts'
import { etagOf, type Kind, orderAt, recordsOf, save, type TwinOrder } from './records.ts'
import { type Company, companyOf } from './settings.ts'

/** Seconds that a token of Microsoft Entra lives. */
const tokenSeconds = 3599

/** A company in Business Central that speaks API v2.0 for items, customers, sales orders and what is posted of them. */
export const twin: MakeTwin = (world) => {
  const company = companyOf(world.settings)
  const application = {
    clientId: guidOf(`application of ${company.tenantId}`),
    clientSecret: `twin~${guidOf(`client secret of ${company.tenantId}`)}`,
  }
  const tokens = accessTokens(world, { prefix: 'eyTwin.', seconds: tokenSeconds })
  // Of one user: five requests at work and ninety-five that wait, and 6,000 in five minutes.
  const enter = places(100)
  const limit = slidingLimit(world.now, { most: 6000, seconds: 300 })

  const handle = answering(async (request) => {
    const url = URL.parse(request.path, 'https://twin')
    if (!url) return noSegment('')
    if (url.pathname === company.tokenPath && isAt(request, company.tokenHost)) {
      const problem = problemOf(request, application, company)
      return problem ?? tokenAnswer(tokens.issue())
    }
    if (!isAt(request, company.host)) return noSegment(url.pathname)
    if (!tokens.allows(bearerOf(request))) return unauthorized
    if (limit().left < 0 || !(await enter())) return crowded
    const path = decodeURI(url.pathname)
    if (!path.startsWith(company.path)) return noSegment('companies')
    return answer(request, { path: path.slice(company.path.length), url, world })
  })

  const all = (kind: Kind, withLines = false) =>
    recordsOf(world, kind).map((one) => show(kind, one, withLines))
  return {
    secret: { webhookSecrets: [], ...application },
    handle,
    state: () => ({
      salesOrders: all('salesOrder', true),
      customers: all('customer'),
      salesShipments: all('salesShipment', true),
      inventory: inventory(world),
      salesInvoices: all('salesInvoice'),
    }),
    takeStock: (body) => takeStock(world, body),
    throttled: crowded,
    unavailable: down,
  }
}

/** What Microsoft Entra has against a request for a token. */
function problemOf(
  { method, body }: TwinRequest,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
  { scope }: Company,
): TwinReply | undefined {
  const form = new URLSearchParams(body)
  const problem = (status: number, error: string) =>
    json(status, { error, error_description: `AADSTS0000: ${error}` })
  if (method !== 'POST') return problem(400, 'invalid_request')
  if (form.get('grant_type') !== 'client_credentials') return problem(400, 'unsupported_grant_type')
  if (form.get('client_id') !== clientId) return problem(400, 'unauthorized_client')
  if (form.get('client_secret') !== clientSecret) return problem(401, 'invalid_client')
  return form.get('scope') === scope ? undefined : problem(400, 'invalid_scope')
}

const tokenAnswer = (token: string): TwinReply =>
  json(200, {
    token_type: 'Bearer',
    expires_in: tokenSeconds,
    ext_expires_in: tokenSeconds,
    access_token: token,
  })

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
  if (method === 'GET' && id === undefined) {
    return kind === 'item' ? showItems(world, url) : showList(world, kind, url.searchParams)
  }
  const input = readJson(body || '{}')
  if (input === undefined) return invalidBody
  if (method === 'POST' && id === undefined && rest === '') return createOne(world, kind, input)
  if (kind !== 'salesOrder' || id === undefined) return notAllowed(method, name)
  const order = orderAt(world, id)
  if (!order) return noRecord('Sales Order Entity Buffer')
  return writeToOrder({ request, rest, input }, order, world)
}

const invalidBody = refused(400, 'BadRequest', 'Invalid Request Body')

const CustomerInput = z.strictObject({
  number: z.string().max(20),
  displayName: z.string().max(100),
  type: z.enum(['Person', 'Company']),
  email: z.string().max(80).optional(),
})

function createOne(world: TwinWorld, kind: Kind, input: unknown): TwinReply {
  if (kind === 'salesOrder') {
    // The head was written before its lines: the answer does not total them.
    const { totalAmountIncludingTax, totalAmountExcludingTax, totalTaxAmount, ...head } = show(
      'salesOrder',
      createOrder(world, input),
      false,
    )
    return shown(201, head)
  }
  if (kind !== 'customer') return notAllowed('POST', kind)
  const customer = fitting(CustomerInput, input, () => invalidBody)
  const id = guidOf(`customer/${customer.number}`)
  if (recordsOf(world, 'customer').some((one) => one.id === id)) {
    const reason = `The Customer already exists. Identification fields and values: No.='${customer.number}'`
    return refused(400, 'Internal_EntityWithSameKeyExists', reason)
  }
  return shown(201, show('customer', save(world, 'customer', { ...customer, id }), false))
}

interface Write {
  readonly request: TwinRequest
  readonly rest: string
  readonly input: unknown
}

/** Changes an order or one of its lines, deletes one, adds a line, or posts. */
function writeToOrder({ request, rest, input }: Write, order: TwinOrder, world: TwinWorld) {
  const { method } = request
  if (method === 'POST' && rest === 'Microsoft.NAV.shipAndInvoice') {
    return shipAndInvoice(world, order)
  }
  if (method === 'POST' && rest === 'salesOrderLines') {
    const line = writeLine(world, { body: input, order })
    saveOrder(world, { ...order, lines: [...order.lines, line] })
    return shown(201, showLine(line))
  }
  if (rest !== '') return writeToLine({ request, rest, input }, order, world)
  assertCurrent(request, order)
  if (method === 'PATCH') {
    return shown(200, show('salesOrder', changeOrder(world, order, input), false))
  }
  if (method !== 'DELETE') return notAllowed(method, 'salesOrders')
  if (order.lines.some((line) => line.shippedQuantity > line.invoicedQuantity)) {
    return dialog('Qty. Shipped Not Invoiced must be equal to 0.')
  }
  save(world, 'salesOrder', { ...order, deleted: true })
  return nothing
}

function writeToLine({ request, rest, input }: Write, order: TwinOrder, world: TwinWorld) {
  const { method } = request
  const [, lineId] = /^salesOrderLines\(([\w-]+)\)$/.exec(rest) ?? []
  if (lineId === undefined) return noSegment(rest)
  const before = order.lines.find(({ id }) => id === lineId)
  if (!before) return noRecord('Sales Invoice Line Aggregate')
  assertCurrent(request, before)
  const others = order.lines.filter(({ id }) => id !== lineId)
  if (method === 'DELETE') {
    if (before.shippedQuantity > 0) return dialog('Quantity Shipped must be equal to 0.')
    saveOrder(world, { ...order, lines: others })
    return nothing
  }
  if (method !== 'PATCH') return notAllowed(method, 'salesOrderLines')
  const line = writeLine(world, { body: input, before, order })
  saveOrder(world, { ...order, lines: order.lines.map((one) => (one === before ? line : one)) })
  return shown(200, showLine(line))
}

/** A record is changed by those who have read it as it is. */
function assertCurrent(
  { headers }: TwinRequest,
  record: { readonly id: string; readonly version: number },
): void {
  const token = headers['if-match']
  if (!token) refuse(withoutToken)
  if (token !== '*' && token !== etagOf(record)) refuse(changed)
}
