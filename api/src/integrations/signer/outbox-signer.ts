import { Code } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DomainError } from '../../common/errors/domain-error.ts';
import { refuse } from '../../common/errors/refusal.ts';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { OperatorKeys } from '../chain/operator-keys.ts';
import type { SignedStruct, SignerPort } from './signer.port.ts';
import { SIGN_JOB } from './signing.job.ts';
import type { SigningAnswer } from './signing.job.ts';

/** The signer seen from a process without keys: a request row, answered by the worker. */
@Injectable()
export class OutboxSigner implements SignerPort {
  constructor(
    @Inject(OutboxService) private readonly outbox: OutboxService,
    @Inject(OperatorKeys) private readonly keys: OperatorKeys,
  ) {}

  async address(): Promise<string> {
    const address = await this.keys.address('jobSigner');
    if (!address) throw new DomainError(Code.WORKER_UNAVAILABLE, 'The worker has not announced its job signer yet');
    return address;
  }

  async sign(kind: string, id: string): Promise<SignedStruct> {
    const answer = await this.outbox.call<SigningAnswer>(SIGN_JOB, `${kind}:${id}:${randomUUID()}`, { kind, id });
    return 'refused' in answer ? refuse(answer.refused, answer.message) : answer.signed;
  }
}
