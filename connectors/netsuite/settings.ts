import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import { Currency } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'

/** Digits are an internal id; anything else is an external id. */
const Reference = z.string().min(1)

const InternalId = z.string().regex(/^\d+$/, 'write the internal id, for example "1"')

/** The fields of a NetSuite connection in `settings/*.json`. */
export const NetsuiteSettings = z.object({
  accountId: z
    .string()
    .regex(/^[A-Za-z0-9]+(_[A-Za-z0-9]+)?$/, 'write it as 1234567, or 1234567_SB1 for a sandbox')
    .describe('As on Setup > Company > Company Information.'),
  subsidiary: InternalId.describe('Internal id of the subsidiary that sells.'),
  items: z
    .object({
      shipping: Reference,
      discount: Reference,
      tax: Reference,
      tip: Reference,
      duty: Reference,
      fee: Reference,
      giftCard: Reference.default('GIFT-CARD').describe('For gift cards that have no SKU.'),
    })
    .describe(
      'Items that stand for what is not goods: an internal id in digits, or an external id.',
    ),
  customer: InternalId.optional().describe(
    'One customer for all orders. Default: a customer per channel customer, and per order for guests.',
  ),
  currencies: z
    .record(Currency, InternalId)
    .default({})
    .describe(
      'Internal ids of currencies. Default: by name, which works where it is the ISO code.',
    ),
  location: InternalId.optional().describe('Where goods ship from, where NetSuite asks for it.'),
  taxCode: Reference.optional().describe(
    'A code without tax, where NetSuite insists on one per line.',
  ),
  orderStatus: z
    .enum(['A', 'B'])
    .default('B')
    .describe('A: pending approval, B: pending fulfilment.'),
  lineField: z
    .string()
    .regex(/^custcol_[a-z0-9_]+$/)
    .default('custcol_crossdock_line')
    .describe('Transaction line field that keeps the line id of the channel.'),
})
export type NetsuiteSettings = z.infer<typeof NetsuiteSettings>

/** What the connection's secret holds, beside `webhookSecrets`, which NetSuite has no use for. */
export const NetsuiteSecret = z.object({
  clientId: z.string().min(1),
  certificateId: z.string().min(1),
  /** PEM; RSA of 3072 bits or more, or a NIST curve. */
  privateKey: z.string().min(1),
})
export type NetsuiteSecret = z.infer<typeof NetsuiteSecret>

export const settingsOf = (account: Account): NetsuiteSettings =>
  NetsuiteSettings.parse(account.settings)

/** `1234567_SB1` answers at `1234567-sb1.suitetalk.api.netsuite.com`. */
export const hostOf = ({ accountId }: Pick<NetsuiteSettings, 'accountId'>): string =>
  `${accountId.toLowerCase().replaceAll('_', '-')}.suitetalk.api.netsuite.com`

/** Only for references that people wrote in the settings: a SKU in digits is not an internal id. */
export const reference = (
  text: string,
): { readonly id: string } | { readonly externalId: string } =>
  /^\d+$/.test(text) ? { id: text } : { externalId: text }

/** A channel customer has one NetSuite customer; a guest has one per order. */
export function customerExternalId(order: Order): string {
  const account = order.connection.replace('/', '_')
  const customer = order.people.customer?.id
  return customer ? `${account}_c${safe(customer)}` : `${account}_g${safe(order.channelOrderId)}`
}

export const fulfillmentExternalId = (order: Order, shipmentId: string): string =>
  `${order.id}_${safe(shipmentId)}`

/**
 * External ids are `[A-Za-z0-9_-]`: everything but letters and digits becomes `-` and its code, so that two ids
 * never become one, and the last `_` always parts an order's id from a shipment's.
 */
const safe = (id: string): string =>
  id.replace(/[^A-Za-z0-9]/gu, (c) => `-${(c.codePointAt(0) ?? 0).toString(16)}-`)
