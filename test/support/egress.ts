import { request } from 'node:http'
import type { RequestOptions } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Means } from '../../platform/http/send.ts'

/** Where a name leads that nobody asks further about; it belongs to example.com. */
const somewhere: Means['resolve'] = async () => [{ address: '93.184.215.14', family: 4 }]

interface Egress {
  readonly means: Means
  /** The addresses that sockets were given to connect to. */
  readonly dialled: string[]
  readonly options: RequestOptions[]
}

/** A way out that ends at a server of this machine, without TLS, whichever address a name was found to have. */
export function egressTo(address: string, resolve = somewhere): Egress {
  const dialled: string[] = []
  const options: RequestOptions[] = []
  const turned =
    (lookup: LookupFunction): LookupFunction =>
    (host, wanted, done) =>
      lookup(host, { ...wanted, all: true }, (error, addresses) => {
        if (error) return done(error, [])
        dialled.push(...[addresses].flat().map((one) => Object(one).address))
        done(null, [{ address: '127.0.0.1', family: 4 }])
      })
  const ask = (asked: string, given: RequestOptions, onAnswer: () => void) => {
    options.push(given)
    const { pathname, search, hostname } = new URL(asked)
    const { agent: _, lookup, ...rest } = given
    if (!lookup) throw new Error('nobody looked where the name leads')
    const to = { hostname, port: new URL(address).port, path: pathname + search }
    return request({ ...rest, ...to, agent: false, lookup: turned(lookup) }, onAnswer)
  }
  // The one of the overloads that is used.
  return { means: { request: ask as Means['request'], resolve }, dialled, options }
}
