import { createLitSdkKeyGate } from './lit-sdk.ts';
import { describeKeyGate } from './testing/key-gate.contract.ts';
import { networkSubject } from './testing/network-subject.ts';

describeKeyGate('the genuine Lit SDK', () => networkSubject(createLitSdkKeyGate));
