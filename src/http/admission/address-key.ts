import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network an address is counted as: an IPv4 address by itself, an IPv6 address with all others of its
 * /64, which one client can use freely. Null for loopback and for sockets without an address: everything on
 * this machine shares it, proxies included.
 */
export function addressKey(address: string | null | undefined): string | null {
  if (!address) return null;
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  if (isIPv4(plain)) return plain.startsWith('127.') ? null : plain;
  if (!isIPv6(plain) || plain === '::1') return null;
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array(Math.max(0, 8 - first.length - last.length)).fill('0');
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
