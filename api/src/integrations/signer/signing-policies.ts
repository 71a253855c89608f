import { Injectable } from '@nestjs/common';
import { refuse } from '../../common/errors/refusal.ts';
import type { SigningPolicy } from './signer.port.ts';

/** Which module decides about which kind of document. Filled in `onModuleInit`; what is not here is never signed. */
@Injectable()
export class SigningPolicies {
  private readonly policies = new Map<string, SigningPolicy>();

  register(kind: string, policy: SigningPolicy): void {
    if (this.policies.has(kind)) throw new Error(`Two signing policies for ${kind}`);
    this.policies.set(kind, policy);
  }

  of(kind: string): SigningPolicy {
    return this.policies.get(kind) ?? refuse('NOT_AUTHORIZED', `The signer signs no ${kind}`);
  }
}
