import { isIPv4, isIPv6 } from 'node:net';

/**
 * What one client is limited by: an IPv4 address, or the /64 of an IPv6 address, because whoever has one address of a
 * /64 has all 2^64 of them.
 */
export function clientAddress(ip: string): string {
  const mapped = ip.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  if (isIPv4(mapped) || !isIPv6(ip)) return mapped;
  const [address] = mapped.split('%') as [string];
  const [left, right] = address.split('::') as [string, string | undefined];
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const head = groups(left);
  const missing = right === undefined ? 0 : 8 - head.length - groups(right).length;
  const whole = [...head, ...Array<string>(Math.max(0, missing)).fill('0'), ...groups(right)];
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
