import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { z } from 'zod'
import { businessCentral } from '../../connectors/business-central/index.ts'
import {
  CreatedBody,
  CustomerBody,
  InvoiceBody,
  ItemBody,
  LineBody,
  OrderHead,
  ShipmentBody,
} from '../../connectors/business-central/wire.ts'
import type { Call, Reply } from '../../domain/account.ts'
import {
  businessCentralAccount,
  effectOf,
  isWrite,
  parcel,
  subjectOf,
} from '../support/business-central.ts'
import { casesIn, requestOf } from '../support/fixtures.ts'
import { withSpec } from '../support/specs.ts'

const folder = 'back-office/business-central'

const Resource = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ readOnly: z.boolean().optional() })),
  'x-bound-actions': z.array(z.string()),
})
const Contract = z.object({ $defs: z.record(z.string(), Resource) })
const Sample = z.object({ body: z.unknown() })

/** The resource of a path, and the lines that may be inside it. */
const resources = {
  items: { type: 'item', lines: undefined },
  customers: { type: 'customer', lines: undefined },
  salesOrders: { type: 'salesOrder', lines: 'salesOrderLine' },
  salesShipments: { type: 'salesShipment', lines: 'salesShipmentLine' },
  salesInvoices: { type: 'salesInvoice', lines: undefined },
  salesOrderLines: { type: 'salesOrderLine', lines: undefined },
} as const

withSpec(`${folder}/bc-v2.0-resources.schema.json`, (text) => {
  const { $defs } = Contract.parse(JSON.parse(text))
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)

  const validators = new Map<string, ValidateFunction>()

  function validatorOf(type: string): ValidateFunction {
    const { properties = {}, ...rest } = $defs[type] ?? {}
    const validate =
      validators.get(type) ?? ajv.compile({ ...rest, properties: withoutNothing(properties) })
    validators.set(type, validate)
    return validate
  }

  /** What is wrong with a body: unknown fields, wrong types and, in a request, fields that only the system sets. */
  function wrongs(type: string, body: unknown, asked: boolean): readonly string[] {
    const properties = $defs[type]?.properties ?? {}
    const bare = Object.fromEntries(
      Object.entries(z.record(z.string(), z.unknown()).parse(body)).filter(
        ([field]) => !field.startsWith('@odata.') && !field.endsWith('Lines'),
      ),
    )
    const strangers = Object.keys(bare).filter(
      (field) => properties[field] === undefined || (asked && properties[field].readOnly === true),
    )
    const validate = validatorOf(type)
    validate(bare)
    const errors = (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
    return [...strangers, ...errors]
  }

  const linesIn = (body: unknown): readonly unknown[] => {
    const found = z
      .looseObject({
        salesOrderLines: z.array(z.unknown()).optional(),
        salesShipmentLines: z.array(z.unknown()).optional(),
      })
      .parse(body)
    return found.salesOrderLines ?? found.salesShipmentLines ?? []
  }

  test.each(casesIn('business-central', '.requests.json'))(
    '%s has only fields of the contract, of their types, and none that cannot be set',
    (name) => {
      const body = requestOf('business-central', name)
      expect(wrongs('salesOrder', body, true)).toEqual([])
      expect(linesIn(body).flatMap((line) => wrongs('salesOrderLine', line, true))).toEqual([])
      expect(linesIn(body)).not.toHaveLength(0)
    },
  )

  test('everything that is asked, and everything that the twin answers, is of the contract', async () => {
    const journey = await wholeJourney()
    const found = journey.flatMap(([call, reply]) => {
      const { type, lines } = resourceOf(call)
      const body = call.body ? JSON.parse(call.body) : {}
      const shown = reply.body ? JSON.parse(reply.body) : {}
      const records: readonly unknown[] = shown.value ?? (reply.body ? [shown] : [])
      return [
        ...wrongs(type, body, true),
        ...records.flatMap((record) => wrongs(type, record, false)),
        ...(lines
          ? [
              ...linesIn(body).flatMap((line) => wrongs(lines, line, true)),
              ...records.flatMap(linesIn).flatMap((line) => wrongs(lines, line, false)),
            ]
          : []),
      ].map((wrong) => `${call.method} ${type}: ${wrong}`)
    })
    expect(found).toEqual([])
    expect(new Set(journey.map(([call]) => `${call.method} ${pathOf(call)}`))).toEqual(
      new Set([
        'GET items',
        'GET customers',
        'POST customers',
        'GET salesOrders',
        'POST salesOrders',
        'PATCH salesOrders()',
        'DELETE salesOrders()',
        'POST salesOrders()/salesOrderLines',
        'PATCH salesOrders()/salesOrderLines()',
        'DELETE salesOrders()/salesOrderLines()',
        'POST salesOrders()/Microsoft.NAV.shipAndInvoice',
        'GET salesShipments',
        'GET salesInvoices',
      ]),
    )
  })

  test('every field of a filter or a selection is one of the resource', async () => {
    const asked = (await wholeJourney()).flatMap(([call]) => {
      const options = new URL(call.url).searchParams
      const filtered = [...(options.get('$filter') ?? '').matchAll(/(\w+) eq /g)].map(([, f]) => f)
      const fields = [...filtered, ...(options.get('$select')?.split(',') ?? [])]
      const known = $defs[resourceOf(call).type]?.properties ?? {}
      return fields.filter((field = '') => known[field] === undefined)
    })
    expect(asked).toEqual([])
  })

  test('the one action that posts an order is the one that is used', () => {
    expect($defs['salesOrder']?.['x-bound-actions']).toEqual(['shipAndInvoice'])
    expect($defs['salesShipment']?.['x-bound-actions']).toEqual([])
  })
})

const readers: readonly (readonly [string, z.ZodType])[] = [
  ['salesorder_update-1', CreatedBody],
  ['salesorder_update-1', OrderHead],
  ['salesorderline_update-1', LineBody.omit({ '@odata.etag': true })],
  ['salesOrderLine_create-1', LineBody.omit({ '@odata.etag': true })],
  ['salesinvoice_get-1', InvoiceBody],
  ['salesshipmentline_get-1', ShipmentBody.shape.salesShipmentLines.def.innerType.element],
  ['customer_create-1', CustomerBody],
  ['item_get-1', ItemBody],
]

describe.each(readers)('the published payload %s', (name, schema) => {
  withSpec(`${folder}/samples/${name}.json`, (text) => {
    test('is read', () => {
      const { body } = Sample.parse(JSON.parse(text))
      expect(schema.safeParse(body)).toMatchObject({ success: true })
    })
  })
})

/** A blank says that there is nothing: it is no date and no id. */
const withoutNothing = (properties: Readonly<Record<string, object>>) =>
  Object.fromEntries(
    Object.entries(properties).map(([field, schema]) => [
      field,
      { anyOf: [schema, { const: '' }] },
    ]),
  )

const pathOf = ({ url }: Call): string =>
  new URL(url).pathname.replace(/^.*\/companies\([^)]*\)\//, '').replace(/\([^)]*\)/g, '()')

function resourceOf(call: Call) {
  const path = pathOf(call)
  const name = path.includes('salesOrderLines') ? 'salesOrderLines' : path.replace(/\(.*$/, '')
  const found = Object.entries(resources).find(([resource]) => resource === name)
  if (!found) throw new Error(`${path} is no resource`)
  return found[1]
}

/** All that is sent when one order is made, changed and shipped in two parcels, and another is cancelled. */
async function wholeJourney(): Promise<readonly (readonly [Call, Reply])[]> {
  const stage = businessCentralAccount()
  const seen: (readonly [Call, Reply])[] = []
  const account: typeof stage.account = {
    ...stage.account,
    send: async (call) => {
      const reply = await stage.account.send(call)
      if (reply.ok && !call.url.endsWith('/token')) seen.push([call, reply.value])
      return reply
    },
  }
  const start = subjectOf('discounts-shipping-tax')
  await effectOf('create-order').look(account, start)
  const made = await effectOf('create-order').make(account, start)
  const references = made.ok ? { erp: made.value } : {}
  const people = { ...start.order.people, note: 'Ring twice' }
  const order = { ...start.order, people: { ...people, billTo: undefined }, charges: [] }
  const lines = start.lines.map((line) => ({ ...line, quantity: line.quantity + 1 }))
  const amended = { ...start, order, lines, references }
  const moved = { ...people, shipTo: people.shipTo && { ...people.shipTo, city: 'Gatineau' } }
  const last = { ...amended, order: { ...order, people: moved } }
  await effectOf('amend-order').make(account, last)
  await effectOf('post-shipment').make(account, { ...last, shipment: parcel('1', { 11: 1 }) })
  await effectOf('post-shipment').make(account, {
    ...last,
    shipment: parcel('2', { 11: 2, 12: 2 }),
  })
  await effectOf('create-order').look(account, start)

  const other = subjectOf('gift-card-duties-guest')
  const second = await effectOf('create-order').make(account, other)
  await effectOf('cancel-order').make(account, {
    ...other,
    references: second.ok ? { erp: second.value } : {},
  })
  expect(Object.keys(businessCentral.accounting.effects)).toHaveLength(4)
  expect(seen.filter(([call]) => isWrite(call)).every(([, { status }]) => status < 300)).toBe(true)
  return seen
}
