import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { ZeroAddress } from 'ethers';
import type { ProtocolInfo } from '../common/graphql/schema.generated.ts';
import { ENV } from '../config/config.module.ts';
import type { Env } from '../config/env.ts';
import { OperatorKeys } from '../integrations/chain/operator-keys.ts';

@Resolver()
export class ProtocolResolver {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(OperatorKeys) private readonly keys: OperatorKeys,
  ) {}

  @Query()
  async protocol(): Promise<ProtocolInfo> {
    const [receiptSigner, jobSigner] = await Promise.all([
      this.keys.address('receipt'),
      this.keys.address('jobSigner'),
    ]);
    return {
      chainId: this.env.CHAIN_ID,
      chainName: this.env.CHAIN_NAME,
      contracts: this.env.CONTRACTS,
      receiptSigner: receiptSigner ?? ZeroAddress,
      jobSigner: jobSigner ?? ZeroAddress,
      confirmations: this.env.CONFIRMATIONS,
      singleOperator: this.env.SINGLE_OPERATOR,
      paymentToken: this.env.PAYMENT_TOKEN ?? this.env.CONTRACTS.TestUSD ?? ZeroAddress,
    };
  }
}
