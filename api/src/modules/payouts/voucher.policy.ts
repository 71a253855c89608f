import { Code } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { refuseUnless } from '../../common/errors/refusal.ts';
import type { SigningPolicy } from '../../integrations/signer/signer.port.ts';
import { SigningPolicies } from '../../integrations/signer/signing-policies.ts';
import { EarningsService } from './earnings.service.ts';

export const VOUCHER = 'voucher';

/** A voucher is the sum of the ledger, nothing else. Its id is `jobId:labeler`. */
@Injectable()
export class VoucherPolicy implements SigningPolicy, OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(EarningsService) private readonly earnings: EarningsService,
    @Inject(SigningPolicies) private readonly policies: SigningPolicies,
  ) {}

  onModuleInit(): void {
    this.policies.register(VOUCHER, this);
  }

  async prepare(id: string) {
    const [jobId, labeler] = id.split(':') as [string, string];
    const statement = await this.source.transaction('REPEATABLE READ', (manager) =>
      this.earnings.statement(jobId, labeler, manager),
    );
    refuseUnless(statement.earned > 0n, Code.NOTHING_EARNED, 'There is nothing to withdraw yet');
    refuseUnless(statement.earned >= statement.withdrawn, Code.LEDGER_MISMATCH, 'More was withdrawn than earned');
    const message = { jobId, labeler, cumulative: statement.earned, settledThrough: statement.settledThrough };
    return { struct: 'Voucher' as const, message };
  }
}
