import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyGate } from '../key-gate.port.ts';
import type { KeyGateSubject } from './key-gate.contract.ts';
import { CONFIRMATIONS, startKeyNetwork } from './key-network.ts';
import type { TestKeyNetwork } from './key-network.ts';

/** A key gate of a real key network as the subject of the shared tests. */
export async function networkSubject(createGate: (network: TestKeyNetwork) => KeyGate): Promise<KeyGateSubject> {
  const network = await startKeyNetwork();
  return {
    ...network,
    gate: createGate(network),
    settle: async () => {
      await network.mine(CONFIRMATIONS);
      await sleep(150);
    },
  };
}
