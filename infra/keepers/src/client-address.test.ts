import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './client-address.ts';

describe('a client is known', () => {
  it.each([
    ['by its IPv4 address', '203.0.113.7', '203.0.113.7'],
    ['by its IPv4 address, in IPv6 dress', '::ffff:203.0.113.7', '203.0.113.7'],
    ['by the /64 of its IPv6 address', '2001:db8:0:12:aaaa:bbbb:cccc:dddd', '2001:db8:0:12::/64'],
    ['by the /64 of a shortened address', '2001:DB8::1', '2001:db8:0:0::/64'],
    ['by the /64 of an address with groups behind the gap', '2001:db8:0:12::7', '2001:db8:0:12::/64'],
    ['by the /64 of a link-local address with its zone', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['as itself on this machine', '::1', '0:0:0:0::/64'],
  ])('%s', (_, ip, expected) => {
    expect(clientAddress(ip)).toBe(expected);
  });
});
