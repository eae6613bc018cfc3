import { deflateSync, inflateSync } from 'node:zlib'
import { Fault } from '../../domain/fault.ts'

/**
 * Text that the ledger's records have in common, the most frequent last. A record can only be unpacked with the
 * dictionary it was packed with, so a dictionary never changes; a new one is added, and zlib stores which one was
 * used.
 */
const first = Buffer.from(
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

/** For records that contain history beside the state. */
const second = Buffer.from(
  [
    '{"type":"exception.raised","code":"overdue","subject":"","owner":"operations","deadline":"20","reason":"{"type":"ex',
    'ception.cleared","stage.missed","effect.doubted","effect.refused","effect.woken","effect.withdrawn","order.amended"',
    ',"order.cancel-requested","requestedAt":"20","order.cancelled","order.withdrawn","order.held","order.resumed","reas',
    'on":"the customer asked","command.given","by":"","amendment.posted","release.amended","release.cancelled","sale.can',
    'celled","release.backordered","since":"20","release.completed","shipment.corrected","stock.released","stock.returne',
    'd","exceptions":{"overdue:":{"code":"overdue","raisedAt":"20","cancelRequestedAt":"20","cancelledAt":"20',
    '{"state":{"id":"shopify_","connection":"shopify/","rev":1,"seen":{"version":"20","authority":"body","digest":"","nu',
    'mber":"#1","currency":"USD","total":,"country":"US","terms":{"erp":"","wms":""},"awaiting":false},"given":{"erp":"",',
    '"wms":""},"route":{"erp":"netsuite/","wms":"shipbob/"},"lines":[{"id":"","sku":"","shippable":true,"ordered":1,"rem',
    'oved":0,"byChannel":0,"handed":0,"withdrawn":0,"told":0,"cancelled":0,"refunded":0,"released":1,"asked":1,"shipped"',
    ':1,"backordered":0,"before":0,"secured":1}],"problems":[],"stock":{"articles":{"":{"sku":"","parts":[{"sku":"","per',
    '":1}]},"":{"sku":"},"held":[{"warehouse":"shipbob/","sku":"","location":"","share":0,"reserved":0,"left":1},{"wareho',
    'use":"},"short":[],"whole":true},"intents":{"create-order":{"effect":"create-order","connection":"netsuite/","state',
    '":"pending","epoch":0,"attempts":0,"nudges":0,"wakeAt":"20"},"state":"sent","epoch":1,"attempts":0,"nudges":0,"leas',
    'eUntil":"20","given":"","look":true,"notBefore":"20","state":"done","epoch":1,"attempts":0,"nudges":0,"reference":{',
    '"id":"","number":"SO"}},"release-order":{"effect":"release-order","connection":"shipbob/","post-shipment:":{"effect',
    '":"post-shipment","connection":"netsuite/","shipmentId":"","state":"done","epoch":1,"attempts":0,"nudges":0,"refere',
    'nce":{"id":"","number":"IF"}},"confirm-shipment:":{"effect":"confirm-shipment","connection":"shopify/","shipmentId"',
    ':"","reference":{"id":"gid://shopify/Fulfillment/","number":"#.1"}}},"shipments":{"":{"id":"","lines":[{"id":"","qu',
    'antity":1}],"carrier":"","trackingNumber":"","trackingUrl":"https://","shippedAt":"20","location":"","revisedAt":"2',
    '0"}},"exceptions":{},"stages":{"captured":{"dueAt":"20","scored":true,"closed":true},"accepted":{"dueAt":"20","scor',
    'ed":false,"closed":false},"released":{"dueAt":"20","scored":true,"closed":true},"shipped":{"dueAt":"20","confirmed:',
    '":{"dueAt":"20","scored":true,"closed":true}},"kept":{},"settled":{},"commands":[]},"steps":[{"rev":1,"at":"20","eve',
    'nts":[{"type":"order.captured","version":"20","authority":"body","digest":"","problems":[],"awaiting":false,"terms"',
    ':{"erp":"","wms":""},"number":"#1","currency":"USD","total":,"lines":[{"id":"","sku":"","shippable":true,"ordered":',
    '1,"removed":0,"byChannel":0,"handed":0},{"id":"}],"country":"US","route":{"erp":"netsuite/","wms":"shipbob/"},"rece',
    'ivedAt":"20"},{"type":"stage.met","stage":"captured","connection":"shopify/","dueAt":"20"},{"type":"effect.requeste',
    'd","intentId":"create-order","effect":"create-order","connection":"netsuite/","wakeAt":"20"},{"type":"stock.reserve',
    'd","portions":[{"warehouse":"shipbob/","sku":"","location":"","share":0,"units":1},{"warehouse":"}]}]},{"rev":3,"at',
    '":"20","events":[{"type":"order.accepted","intentId":"create-order","connection":"netsuite/","reference":{"id":"","',
    'number":"SO"},"given":""},{"type":"effect.requested","intentId":"release-order","effect":"release-order","connectio',
    'n":"shipbob/","wakeAt":"20"},{"type":"stage.met","stage":"accepted","connection":"shopify/","dueAt":"20"}]},{"rev":',
    '5,"at":"20","events":[{"type":"order.released","intentId":"release-order","connection":"shipbob/","reference":{"id"',
    ':"","number":"#1"},"given":""},{"type":"stage.met","stage":"released","connection":"shopify/","dueAt":"20"}]},{"rev',
    '":6,"at":"20","events":[{"type":"shipment.confirmed","connection":"shipbob/","shipment":{"id":"","lines":[{"id":"",',
    '"quantity":1}],"carrier":"","trackingNumber":"","trackingUrl":"https://","shippedAt":"20","location":"","revisedAt"',
    ':"20"}},{"type":"effect.requested","intentId":"post-shipment:","effect":"post-shipment","connection":"netsuite/","s',
    'hipmentId":"","wakeAt":"20"},{"type":"stage.met","stage":"shipped","connection":"shopify/","dueAt":"20"},{"type":"s',
    'tock.consumed","portions":[{"warehouse":"shipbob/","sku":"","location":"","share":0,"units":1}]}]},{"rev":8,"at":"2',
    '0","events":[{"type":"shipment.posted","intentId":"post-shipment:","connection":"netsuite/","reference":{"id":"","n',
    'umber":"IF"}},{"type":"effect.requested","intentId":"confirm-shipment:","effect":"confirm-shipment","connection":"s',
    'hopify/","shipmentId":"","wakeAt":"20"}]},{"rev":10,"at":"20","events":[{"type":"shipment.published","intentId":"co',
    'nfirm-shipment:","connection":"shopify/","reference":{"id":"gid://shopify/Fulfillment/","number":"#.1"}},{"type":"s',
    'tage.met","stage":"confirmed:","connection":"shopify/","dueAt":"20"}]}]}',
  ].join(''),
)

/** Field names that changed since the second dictionary. */
const renamed = {
  asked: 'requested',
  before: 'shippedEarlier',
  byChannel: 'assignedToChannel',
  given: 'acknowledged',
  handed: 'fulfilledByChannel',
  held: 'reservations',
  nudges: 'resends',
  secured: 'allocated',
  told: 'cancelReported',
  withdrawn: 'cancelledHere',
}

const third = Buffer.from(
  Object.entries(renamed).reduce(
    (text, [then, now]) => text.replaceAll(`"${then}":`, `"${now}":`),
    second.toString(),
  ),
)

/** By zlib's id: two header bytes, then the dictionary's checksum in four. */
const dictionaries = new Map(
  [first, second, third].map((dictionary) => [
    numberOf(deflateSync('', { dictionary })),
    dictionary,
  ]),
)

function numberOf(deflated: Uint8Array): number {
  return Buffer.from(deflated).readUInt32BE(2)
}

/**
 * JSON in a sixth of its size: DynamoDB bills each started kilobyte, and its own notation of nested values is three
 * times as long as JSON.
 */
export const encodeState = (value: unknown): Uint8Array =>
  deflateSync(JSON.stringify(value), { dictionary: third })

/** The original value; throws if the bytes are not a packed record. */
export function decodeState(bytes: unknown): unknown {
  if (!(bytes instanceof Uint8Array))
    throw new Fault('not a packed record: these bytes are not from encodeState()')
  const dictionary = bytes.length < 6 ? undefined : dictionaries.get(numberOf(bytes))
  if (!dictionary) throw new Fault('not a packed record: it was packed with another dictionary')
  return JSON.parse(inflateSync(bytes, { dictionary }).toString('utf8'))
}
