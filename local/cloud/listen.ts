import type { AddressInfo, Server } from 'node:net'

/** Lets a server listen, to this machine only; resolves with its port. */
export function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // A server that listens on a port has no other kind of address.
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
