import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPrivateAddress, isPublicAddress } from './is-public-address.ts'

/** All addresses of a name, as `lookup` of `node:dns/promises` returns them. */
export type Resolve = (
  host: string,
  options: { readonly all: true; readonly family: number },
) => Promise<readonly LookupAddress[]>

/** A name resolves to a non-public address. */
export class NotPublic extends Error {
  override readonly name = 'NotPublic'
}

/**
 * A `lookup` for sockets that fails if any address of a name is not public, or private where that is allowed. The
 * socket connects to the checked address without resolving the name again, so DNS cannot change in between.
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
