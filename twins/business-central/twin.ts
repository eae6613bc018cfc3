import { z } from 'zod'
import {
  BusinessCentralSettings,
  companyUrl,
  tokenUrl,
} from '../../connectors/business-central/settings.ts'
import { parseJson } from '../../domain/parse.ts'
import type { MakeTwin, TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import {
  crowded,
  down,
  noRecord,
  noSegment,
  notAllowed,
  refused,
  shown,
  unauthorized,
} from './answers.ts'
import { show, showList } from './list.ts'
import { createOrder } from './orders.ts'
import { guidOf, type Kind, orderAt, recordsOf, save } from './records.ts'
import { asksForStock, inventory, showStock, takeStock } from './stock.ts'
import { applicationOf, isAllowed, issueToken } from './tokens.ts'
import { writeToOrder } from './writes.ts'

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
      inventory: inventory(world),
      salesInvoices: recordsOf(world, 'salesInvoice').map((one) =>
        show('salesInvoice', one, false),
      ),
    }),
    takeStock: (body) => takeStock(world, body),
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
  return writeToOrder({ request, rest, input: parsed.value }, order, world)
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
function showAll(world: TwinWorld, kind: Kind, { pathname, searchParams }: URL): TwinReply {
  if (kind === 'item' && asksForStock(searchParams)) {
    return showStock(world, { pathname, options: searchParams })
  }
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
