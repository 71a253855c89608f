import { beforeEach, describe, expect, it } from '@jest/globals';
import { deal } from './dealer.ts';
import { assertKeeperSet } from './keeper-set.ts';
import type { KeeperSet } from './keeper-set.ts';
import { SetWatch } from './set-watch.ts';

const { networkKey, shares, commitments } = deal({ n: 3, t: 2 });
const config = { networkKey: networkKey.slice(2), organization: 'north', singleOperator: false };

describe('a running keeper and its registry', () => {
  let registry: KeeperSet;
  let readable: boolean;
  let now: number;
  let changes: string[];
  let watch: SetWatch;

  const allOf = (organizations: string[]): KeeperSet['keepers'] =>
    organizations.map((organization, i) => ({ commitment: commitments[i]!, organization, active: true }));
  const codeNow = async (): Promise<string> => {
    await watch.look();
    try {
      watch.assertMember();
      return 'SERVES';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  beforeEach(async () => {
    registry = { networkKey: config.networkKey, threshold: 2, keepers: allOf(['north', 'south', 'east']) };
    readable = true;
    now = 0;
    changes = [];
    watch = new SetWatch({
      read: async () => {
        if (!readable) throw new Error('no answer');
        return structuredClone(registry);
      },
      check: (set) => assertKeeperSet(set, shares[0]!, config),
      everyMs: 1_000_000,
      maxAgeMs: 600_000,
      now: () => now,
      onChange: (state) => changes.push(state === 'MEMBER' ? state : state.code),
    });
    await watch.start();
    watch.stop();
  });

  it.each<[string, (set: KeeperSet) => unknown, string]>([
    ['its share is taken off the list', (set) => set.keepers.shift(), 'NOT_LISTED'],
    ['it is switched off', (set) => (set.keepers[0]!.active = false), 'NOT_LISTED'],
    ['its share is listed under another organization', (set) => (set.keepers[0]!.organization = 'west'), 'NOT_LISTED'],
    ['one organization comes to hold enough shares', (set) => (set.keepers[1]!.organization = 'east'), 'SET_REFUSED'],
    ['the network key is another', (set) => (set.networkKey = 'ab'.repeat(48)), 'SET_REFUSED'],
    ['the threshold is another', (set) => (set.threshold = 3), 'SET_REFUSED'],
  ])('stops when %s, and serves again when the registry is as before', async (_, bend, code) => {
    expect(await codeNow()).toBe('SERVES');
    const before = structuredClone(registry);
    bend(registry);
    expect(await codeNow()).toBe(code);
    expect(await codeNow()).toBe(code);
    registry = before;
    expect(await codeNow()).toBe('SERVES');
    expect(changes).toEqual([code, 'MEMBER']);
  });

  it('goes on for a while when the registry cannot be read, then stops', async () => {
    readable = false;
    now = 599_000;
    expect(await codeNow()).toBe('SERVES');
    now = 601_000;
    expect(await codeNow()).toBe('SET_UNKNOWN');
    readable = true;
    expect(await codeNow()).toBe('SERVES');
  });

  it('keeps saying no when the registry cannot be read after it said no', async () => {
    registry.keepers.shift();
    expect(await codeNow()).toBe('NOT_LISTED');
    readable = false;
    expect(await codeNow()).toBe('NOT_LISTED');
  });

  it('does not start in a set that it may not serve in', async () => {
    registry.keepers.shift();
    const check = (set: KeeperSet): void => assertKeeperSet(set, shares[0]!, config);
    const other = new SetWatch({ read: async () => registry, check, everyMs: 1000, maxAgeMs: 1000 });
    await expect(other.start()).rejects.toThrow('does not list this share');
  });
});
