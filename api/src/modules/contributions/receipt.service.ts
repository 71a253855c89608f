import { jsonSha256, signStruct } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { SignedReceipt } from '../../common/graphql/schema.generated.ts';
import { ChainPort } from '../../integrations/chain/chain.port.ts';
import { OperatorKeys } from '../../integrations/chain/operator-keys.ts';

export interface ReceiptFacts {
  contributorRef: string;
  datasetId: string;
  subject: string;
  kind: number;
  /** Hashed canonically into the receipt. */
  evidence: unknown;
  text: string;
}

/** Receipts that the operator signs: what a contributor holds against it. */
@Injectable()
export class ReceiptService {
  constructor(
    @Inject(ChainPort) private readonly chain: ChainPort,
    @Inject(OperatorKeys) private readonly keys: OperatorKeys,
  ) {}

  async sign(facts: ReceiptFacts, at: Date): Promise<SignedReceipt> {
    const { contributorRef, datasetId, subject, kind, evidence, text } = facts;
    const struct = {
      contributorRef,
      datasetId,
      subject,
      kind,
      evidenceHash: jsonSha256(evidence),
      issuedAt: Math.floor(at.getTime() / 1000),
    };
    const wallet = this.keys.wallet('receipt');
    const signature = await signStruct(wallet, 'Receipt', struct, this.chain.chainId, this.chain.addresses);
    return {
      subject,
      kind,
      evidenceHash: struct.evidenceHash,
      issuedAt: struct.issuedAt,
      signer: wallet.address,
      signature,
      text,
    };
  }
}
