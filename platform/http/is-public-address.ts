import { BlockList, isIP } from 'node:net'

/**
 * Whether an address is public. Private, loopback, link-local (a metadata server's
 * 169.254.169.254 and a container's 169.254.170.2 too), shared, multicast, documentation and transition ranges do not.
 * https://www.iana.org/assignments/iana-ipv4-special-registry, …-ipv6-special-registry (2026-11-21)
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address)
    case 6:
      // A zone such as `%eth0` refers to this machine's own links.
      return (
        !address.includes('%') && global.check(address, 'ipv6') && !special.check(address, 'ipv6')
      )
    default:
      return false
  }
}

/**
 * Whether an address is in a private network. Excludes addresses of the machine itself: loopback, link-local, and
 * AWS's metadata servers.
 */
export function isPrivateAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return own.check(address)
    case 6:
      return !address.includes('%') && own.check(address, 'ipv6') && !ofAws.check(address, 'ipv6')
    default:
      return false
  }
}

const own = listOf('10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7')
const ofAws = listOf('fd00:ec2::/32')

/** The allocated range; everything else is reserved, including IPv4 addresses mapped to IPv6. */
const global = listOf('2000::/3')

const special = listOf(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
)

function listOf(...ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [net = '', prefix] = range.split('/')
    list.addSubnet(net, Number(prefix), net.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}
