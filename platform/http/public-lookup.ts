import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPrivateAddress, isPublicAddress } from './is-public-address.ts'

/** Every address of a name, as `lookup` of `node:dns/promises` gives them. */
export type Resolve = (
  host: string,
  options: { readonly all: true; readonly family: number },
) => Promise<readonly LookupAddress[]>

/** Somebody's name leads, or was led, to a machine that is not on the internet. */
export class NotPublic extends Error {
  override readonly name = 'NotPublic'
}

/**
 * A `lookup` for sockets that fails where any address of a name is not public, or of a private network where that is allowed. The socket connects to an address given
 * here and never asks for the name again, so that a name cannot lead elsewhere between the look and the call.
 */
export const publicLookup =
  (resolve: Resolve, mayBePrivate = false): LookupFunction =>
  (host, { all = false, family }, done) => {
    resolve(host, { all: true, family: familyOf(family) }).then(
      (addresses) => {
        const [first] = addresses
        const isAllowed = ({ address }: LookupAddress) =>
          isPublicAddress(address) || (mayBePrivate && isPrivateAddress(address))
        if (!first || !addresses.every(isAllowed)) {
          const where = mayBePrivate ? 'on the internet or in a private network' : 'on the internet'
          done(new NotPublic(`${host} has no address ${where}`), '')
        } else if (all) done(null, [...addresses])
        else done(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    )
  }

const families: Readonly<Record<string, number>> = { '4': 4, IPv4: 4, '6': 6, IPv6: 6 }
const familyOf = (family: unknown): number => families[String(family)] ?? 0
