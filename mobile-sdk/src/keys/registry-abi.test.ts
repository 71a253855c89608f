import { describe, expect, it } from '@jest/globals';
import { KeeperRegistryAbi } from '@allod/contracts';
import { getAddress, hexlify, Interface, randomBytes, Wallet } from 'ethers';
import { checksumAddress } from './checksum-address.ts';
import { decodeBytes, decodeKeepers, decodeUint, viewCall } from './registry-abi.ts';

const contract = new Interface(KeeperRegistryAbi);
const keeper = (i: number) => ({
  url: i === 0 ? '' : `https://keeper-${i}.example/${'path/'.repeat(10 * i)}`,
  ip: 0xc0a80001 + i,
  port: 7470 + i,
  nodeAddress: hexlify(randomBytes(20)),
  commitment: hexlify(randomBytes(48)),
  organization: `Organisation № ${i}`,
  tlsKeyHash: hexlify(randomBytes(32)),
  active: i % 2 === 0,
});

describe('our reading of the keeper registry, against the ABI that the compiler wrote', () => {
  it.each(['networkKey', 'threshold', 'getKeepers'])('calls %s', (name) => {
    expect(viewCall(name)).toBe(contract.encodeFunctionData(name));
  });

  it('decodes the network key and the threshold', () => {
    const key = hexlify(randomBytes(48));
    expect(decodeBytes(contract.encodeFunctionResult('networkKey', [key]))).toBe(key);
    expect(decodeUint(contract.encodeFunctionResult('threshold', [7]))).toBe(7);
  });

  it.each([0, 1, 5])('decodes %i keepers', (count) => {
    const keepers = Array.from({ length: count }, (_, i) => keeper(i));
    expect(decodeKeepers(contract.encodeFunctionResult('getKeepers', [keepers]))).toEqual(keepers);
  });

  it('refuses answers that are cut, empty or no answer at all', () => {
    const whole = contract.encodeFunctionResult('getKeepers', [[keeper(1), keeper(2)]]);
    for (const data of ['0x', whole.slice(0, 66), whole.slice(0, -64), `${whole.slice(0, 130)}${'ff'.repeat(32)}`]) {
      expect(() => decodeKeepers(data)).toThrow(RangeError);
    }
    expect(() => decodeUint(`0x${'ff'.repeat(32)}`)).toThrow(RangeError);
    expect(() => decodeBytes(undefined as never)).toThrow(TypeError);
  });
});

describe('checksumAddress', () => {
  it('agrees with ethers, and refuses what is no address', () => {
    for (let i = 0; i < 20; i++) {
      const { address } = Wallet.createRandom();
      expect(checksumAddress(address.toLowerCase())).toBe(getAddress(address));
      expect(checksumAddress(address)).toBe(address);
    }
    expect(() => checksumAddress('0x12')).toThrow(TypeError);
    expect(() => checksumAddress('0xFB6916095ca1df60bB79Ce92cE3Ea74c37c5d359')).toThrow(TypeError);
  });
});
