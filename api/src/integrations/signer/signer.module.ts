import { Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChainPort } from '../chain/chain.port.ts';
import type { EthersChain } from '../chain/ethers-chain.adapter.ts';
import { OperatorKeys } from '../chain/operator-keys.ts';
import { NoRelay, Relayer } from '../chain/relayer.ts';
import { KeySigner } from './key-signer.ts';
import { OutboxSigner } from './outbox-signer.ts';
import { JOB_RELAY, SIGNER } from './signer.port.ts';
import { SigningPolicies } from './signing-policies.ts';
import { SigningJob } from './signing.job.ts';

/** The process that holds the job signer's key signs and sends itself; every other process asks it through the database. */
@Global()
@Module({
  providers: [
    SigningPolicies,
    KeySigner,
    OutboxSigner,
    SigningJob,
    {
      provide: SIGNER,
      inject: [OperatorKeys, KeySigner, OutboxSigner],
      useFactory: (keys: OperatorKeys, local: KeySigner, remote: OutboxSigner) =>
        keys.has('jobSigner') ? local : remote,
    },
    {
      provide: JOB_RELAY,
      inject: [OperatorKeys, ChainPort, DataSource],
      useFactory: (keys: OperatorKeys, chain: EthersChain, source: DataSource) =>
        keys.has('jobSigner') ? new Relayer(chain, source, keys.wallet('jobSigner')) : new NoRelay(),
    },
  ],
  exports: [SIGNER, JOB_RELAY, SigningPolicies],
})
export class SignerModule {}
