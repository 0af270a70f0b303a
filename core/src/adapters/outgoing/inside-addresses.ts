import { BlockList, isIP } from 'node:net'

/**
 * The addresses that no request from outside may lead to: this host, its network, the metadata server of its platform, and ranges that
 * are not routed in the internet. An IPv4 address that is written as an IPv6 one matches the rules of IPv4.
 */
const INSIDE_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]

const INSIDE_IPV6 = [
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]

/** Says whether an address may be connected to. */
export type MayConnect = (address: string) => boolean

const familyOf = (address: string): 'ipv4' | 'ipv6' | null => {
  const family = isIP(address)
  return family === 4 ? 'ipv4' : family === 6 ? 'ipv6' : null
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = familyOf(address) ?? 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

/**
 * Returns the check of addresses.
 *
 * @param allowed addresses and ranges (`10.0.0.5`, `10.1.0.0/16`) that may be connected to although they are inside
 */
export function outsideOr(allowed: readonly string[]): MayConnect {
  const inside = listOf([...INSIDE_IPV4, ...INSIDE_IPV6])
  const exceptions = listOf(allowed)
  return (address) => {
    // A scope (`fe80::1%eth0`) belongs to a link, so that the address is inside.
    const family = familyOf(address)
    if (family === null || address.includes('%')) return false
    return exceptions.check(address, family) || !inside.check(address, family)
  }
}
