import { deflateSync, inflateSync } from 'node:zlib'

/**
 * What the ledger's records have in common, the most frequent last. What was packed with it can be unpacked with nothing
 * else, so it never changes: it would be another one beside it, and zlib writes down which one was used.
 */
const dictionary = Buffer.from(
  [
    '","trackingNumber":"","trackingUrl":"https://","carrier":"","location":"","revisedAt":"20","shippedAt":"20"',
    'quantity":"kept":{},"settled":{},"commands":[],"exceptions":{},"stages":{"shipped":{"dueAt":"20"},"released":{',
    '"dueAt":"captured":{"dueAt":"accepted":{"dueAt":"confirmed:{"dueAt":","scored":true,"closed":true},"scored":false',
    ',"closed":false},"shipments":{"lines":[{"id":"","sku":"","shippable":true,"ordered":1,"removed":0,"byChannel":0,',
    '"handed":0,"withdrawn":0,"told":0,"cancelled":0,"refunded":0,"released":1,"asked":1,"shipped":1,"backordered":0,',
    '"before":0},"state":"pending","epoch":0,"attempts":0,"nudges":0,"wakeAt":"20","notBefore":"20","leaseUntil":"20',
    'sent","doubt","refused","withdrawn","given":"look":true,"confirm-shipment:"cancel-sale":{"effect":"cancel-sale",',
    '"connection":"","shipmentId":"release-order":{"effect":"release-order","connection":"post-shipment:":{"effect":"',
    'post-shipment","create-order":{"effect":"create-order","connection":"state":"done","epoch":1,"attempts":0,',
    '"nudges":0,"reference":{"id":"","number":""}},"problems":[],"intents":{"given":{"erp":"","wms":"},"route":{"erp":',
    '"","wms":""},"terms":{"erp":"","wms":""},"awaiting":false},"country":"US","currency":"USD","total":,"number":"#1',
    '","digest":"","authority":"body","seen":{"version":"20","rev":1,"connection":"shopify/","id":"shopify_',
  ].join(''),
)

/**
 * JSON in a sixth of its room: DynamoDB bills each kilobyte that an item begins, and its own notation of a nested value
 * is three times as long as the JSON.
 */
export const packed = (value: unknown): Uint8Array =>
  deflateSync(JSON.stringify(value), { dictionary })

/** The value again; throws when that is not what it is. */
export function unpacked(bytes: unknown): unknown {
  if (!(bytes instanceof Uint8Array))
    throw new Error('no packed record: these bytes are not of packed()')
  return JSON.parse(inflateSync(bytes, { dictionary }).toString('utf8'))
}
