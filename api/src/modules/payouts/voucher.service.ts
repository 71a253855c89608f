import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Voucher } from '../../common/graphql/schema.generated.ts';
import { SIGNER } from '../../integrations/signer/signer.port.ts';
import type { SignedStruct, SignerPort } from '../../integrations/signer/signer.port.ts';
import { EarningAccountEntity } from './earning-account.entity.ts';
import type { Statement } from './earnings.service.ts';
import { VOUCHER } from './voucher.policy.ts';

/** Hands out the voucher of a statement; signs again only when the ledger has moved. */
@Injectable()
export class VoucherService {
  constructor(
    @Inject(SIGNER) private readonly signer: SignerPort,
    @InjectRepository(EarningAccountEntity) private readonly accounts: Repository<EarningAccountEntity>,
  ) {}

  async voucherOf(statement: Statement): Promise<Voucher | null> {
    if (statement.earned === 0n) return null;
    const key = { jobId: statement.jobId, labeler: statement.labeler };
    const kept = (await this.accounts.findOneBy(key))?.voucher;
    if (kept && covers(kept, statement)) return voucherOf(kept);
    const signed = await this.signer.sign(VOUCHER, `${statement.jobId}:${statement.labeler}`);
    await this.accounts.update(key, { voucher: signed });
    return voucherOf(signed);
  }
}

const covers = ({ message }: SignedStruct, statement: Statement): boolean =>
  BigInt(message['cumulative']!) >= statement.earned && Number(message['settledThrough']) >= statement.settledThrough;

const voucherOf = ({ message, signer, signature }: SignedStruct): Voucher => ({
  jobId: message['jobId']!,
  labeler: message['labeler']!,
  cumulative: message['cumulative']!,
  settledThrough: Number(message['settledThrough']),
  signer,
  signature,
});
