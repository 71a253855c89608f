import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { RelayPort, TransactionReverted } from '../../integrations/chain/chain.port.ts';
import { JOB_RELAY, SIGNER } from '../../integrations/signer/signer.port.ts';
import type { SignerPort } from '../../integrations/signer/signer.port.ts';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { LEASE_REJECTION } from './rejection.policy.ts';

export const REJECT_LEASE = 'labeling.reject-lease';

/** Answers the on-chain claim of a refused lease with the signed rejection. */
@Injectable()
export class RejectLeaseJob implements OnModuleInit {
  constructor(
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(SIGNER) private readonly signer: SignerPort,
    @Inject(JOB_RELAY) private readonly relay: RelayPort,
  ) {}

  onModuleInit(): void {
    this.registry.on<{ assignmentId: string }>(REJECT_LEASE, ({ assignmentId }) => this.reject(assignmentId));
  }

  async reject(assignmentId: string): Promise<unknown> {
    const { message, signature } = await this.signer.sign(LEASE_REJECTION, assignmentId);
    try {
      const call = { contract: 'LabelEscrow' as const, method: 'rejectLease', args: [message, signature] };
      return (await this.relay.send(`${REJECT_LEASE}:${assignmentId}`, call)).hash;
    } catch (error) {
      if (!(error instanceof TransactionReverted)) throw error;
      return { reverted: error.message };
    }
  }
}
