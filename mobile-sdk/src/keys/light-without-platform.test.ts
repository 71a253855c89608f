import { describeKeyGate } from './testing/key-gate.contract.ts';
import { lightClientWithoutPlatform } from './testing/hermes-like.ts';
import { networkSubject } from './testing/network-subject.ts';

describeKeyGate('the light client without WebAssembly, WebCrypto and Node', async () =>
  networkSubject(await lightClientWithoutPlatform()),
);
