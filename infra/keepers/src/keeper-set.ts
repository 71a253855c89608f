import { Interface } from 'ethers';
import { KeeperRegistryAbi } from '@allod/contracts';
import type { KeeperConfig } from './config.ts';
import type { JsonRpc } from './json-rpc.ts';
import { Refusal } from './refusal.ts';
import type { Share } from './share-file.ts';

const registry = new Interface(KeeperRegistryAbi);

/** What the KeeperRegistry says of the network, as far as a keeper checks it. */
export interface KeeperSet {
  /** 48 bytes, hex, no 0x. */
  networkKey: string;
  threshold: number;
  keepers: { commitment: string; organization: string; active: boolean }[];
}

/** Reads the registry through every RPC. @throws when one does not answer or two differ */
export async function readKeeperSet(rpcs: readonly JsonRpc[], address: string): Promise<KeeperSet> {
  const names = ['networkKey', 'threshold', 'getKeepers'] as const;
  const calls = names.map((name) => ({
    method: 'eth_call',
    params: [{ to: address, data: registry.encodeFunctionData(name) }, 'latest'],
  }));
  const answers = await Promise.all(rpcs.map((rpc) => rpc.batch(calls)));
  const texts = answers.map((results) => results.map((result) => (result.ok ? String(result.value) : '')));
  const [first] = texts;
  if (!first || first.some((text) => text.length < 3)) throw new Error('keeper registry: an RPC does not answer');
  if (texts.some((text) => text.join() !== first.join())) throw new Error('keeper registry: the RPCs do not agree');
  const [networkKey, threshold, keepers] = names.map(
    (name, i) => registry.decodeFunctionResult(name, first[i]!)[0] as unknown,
  );
  return {
    networkKey: (networkKey as string).slice(2).toLowerCase(),
    threshold: Number(threshold),
    keepers: (keepers as KeeperSet['keepers']).map(({ commitment, organization, active }) => ({
      commitment,
      organization,
      active,
    })),
  };
}

/**
 * Whether this keeper may serve as a member of this set: its share and organization are the ones that the registry
 * names, it is switched on, and no organization alone holds enough shares to open keys (unless `SINGLE_OPERATOR=1` says so out loud).
 * @throws Refusal NOT_LISTED or SET_REFUSED with the reason
 */
export function assertKeeperSet(
  set: KeeperSet,
  share: Pick<Share, 'commitment' | 'threshold'>,
  config: Pick<KeeperConfig, 'networkKey' | 'organization' | 'singleOperator'>,
): void {
  if (set.networkKey !== config.networkKey) throw new Refusal('SET_REFUSED', 'the registry names another network key');
  if (set.threshold !== share.threshold) {
    throw new Refusal(
      'SET_REFUSED',
      `the registry asks for ${set.threshold} shares, this share was made for ${share.threshold}`,
    );
  }
  const own = set.keepers.find(({ commitment }) => commitment.toLowerCase() === share.commitment);
  if (!own) throw new Refusal('NOT_LISTED', 'the registry does not list this share');
  if (!own.active) throw new Refusal('NOT_LISTED', 'the registry has switched this share off');
  if (own.organization !== config.organization) {
    throw new Refusal('NOT_LISTED', `the registry lists this share under the organization "${own.organization}"`);
  }
  if (config.singleOperator) return;
  const held = new Map<string, number>();
  for (const { active, organization } of set.keepers) {
    if (active) held.set(organization, (held.get(organization) ?? 0) + 1);
  }
  for (const [organization, shares] of held) {
    if (shares >= set.threshold) {
      throw new Refusal(
        'SET_REFUSED',
        `"${organization}" runs ${shares} of the keepers, ${set.threshold} open every key; production refuses that unless SINGLE_OPERATOR=1`,
      );
    }
  }
}
