import { Inject, Injectable } from '@nestjs/common';
import { signStruct } from '@allod/protocol';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { OperatorKeys } from '../chain/operator-keys.ts';
import type { SignedStruct, SignerPort } from './signer.port.ts';
import { SigningPolicies } from './signing-policies.ts';

/** The signer where the key is: in the worker. */
@Injectable()
export class KeySigner implements SignerPort {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(OperatorKeys) private readonly keys: OperatorKeys,
    @Inject(SigningPolicies) private readonly policies: SigningPolicies,
  ) {}

  address(): Promise<string> {
    return Promise.resolve(this.keys.wallet('jobSigner').address);
  }

  async sign(kind: string, id: string): Promise<SignedStruct> {
    const { struct, message } = await this.policies.of(kind).prepare(id);
    const wallet = this.keys.wallet('jobSigner');
    const signature = await signStruct(wallet, struct, message, this.env.CHAIN_ID, this.env.CONTRACTS);
    return { struct, message: asText(message), signer: wallet.address, signature };
  }
}

const asText = (message: Record<string, string | number | bigint>): Record<string, string> =>
  Object.fromEntries(Object.entries(message).map(([key, value]) => [key, String(value)]));
