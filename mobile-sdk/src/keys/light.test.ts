import { createLightKeyGate } from './light.ts';
import { describeKeyGate } from './testing/key-gate.contract.ts';
import { networkSubject } from './testing/network-subject.ts';

describeKeyGate('the light client', () => networkSubject(createLightKeyGate));
