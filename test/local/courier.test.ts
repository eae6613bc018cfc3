import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Courier } from '../../twins/host/courier.ts'
import { Mischiefs } from '../../twins/host/mischief.ts'

test('what a twin has to tell before the hub is up is told once it is', async () => {
  let address = '/webhooks/shipbob/demo-wms'
  const courier = new Courier(() => address, new Mischiefs())
  courier.send({ headers: {}, body: 'a parcel left while nobody listened' })

  const heard: string[] = []
  const hub = createServer(async (request, response) => {
    heard.push(await text(request))
    response.end()
  })
  await new Promise<void>((listening) => hub.listen(0, '127.0.0.1', listening))
  // A server that listens on TCP has such an address.
  address = `http://127.0.0.1:${(hub.address() as AddressInfo).port}${address}`
  for (let i = 0; i < 30 && heard.length === 0; i++) await sleep(100)
  courier.stop()
  hub.close()
  expect(heard).toEqual(['a parcel left while nobody listened'])
})
