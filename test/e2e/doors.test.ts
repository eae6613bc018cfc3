import { request } from 'node:http'
import { type OpenedHub, open } from './support/open-hub.ts'
import { erp, shop, signature, wms } from './support/outside.ts'
import { sold } from './support/sold.ts'

let hub: OpenedHub
let door: string
let secret: string
beforeAll(async () => {
  hub = await open()
  door = hub.ready.webhooks[shop] ?? ''
  secret = hub.ready.secrets[shop] ?? ''
})
afterAll(() => hub.hub.close())

const { text } = sold()
const post = (url: string, header: string, body: string = text) =>
  fetch(url, { method: 'POST', headers: { 'x-shopify-hmac-sha256': header }, body })

test('a signed body is received', async () => {
  expect((await post(door, signature(text, secret))).status).toBe(200)
})

test('every wrong signature and unknown connection gets the same 401', async () => {
  const good = signature(text, secret)
  const answers = await Promise.all([
    fetch(door, { method: 'POST', body: text }),
    post(door, ''),
    post(door, 'no base64 at all'),
    post(door, good.slice(0, -1)),
    post(
      door,
      good.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
    ),
    post(door, Buffer.from(good, 'base64').toString('hex')),
    post(door, `${good}, ${good}`),
    post(door, signature(text, 'another secret')),
    post(door, good, text.replace('USD', 'EUR')),
    post(`${hub.ready.url}/webhooks/shopify/another-store`, good),
    post(`${hub.ready.url}/webhooks/nobody/demo-store`, good),
    post(`${hub.ready.url}/webhooks/shopify/__proto__`, good),
    post(hub.ready.webhooks[wms] ?? '', good),
    post(`${hub.ready.url}/webhooks/${erp}`, good),
  ])
  const told = await Promise.all(answers.map(async (one) => `${one.status} ${await one.text()}`))
  expect(new Set(told)).toEqual(new Set(['401 {"message":"unauthorized"}']))
})

test('a duplicate signature is rejected', async () => {
  const good = signature(text, secret)
  const status = await new Promise((resolve, reject) => {
    const sent = request(
      door,
      { method: 'POST', headers: { 'x-shopify-hmac-sha256': [good, good] } },
      (response) => {
        response.resume()
        resolve(response.statusCode)
      },
    )
    sent.on('error', reject).end(text)
  })
  expect(status).toBe(401)
})

test('above 1 MB nothing is read, below it everything is', async () => {
  const sized = (bytes: number) => {
    const body = `{"id":1,"padding":"${'x'.repeat(bytes - 20)}"}`
    return post(door, signature(body, secret), body)
  }
  expect((await sized(1_000_001)).status).toBe(413)
  expect((await sized(990_000)).status).toBe(200)
})
