import { Inject, Injectable } from '@nestjs/common';
import type { Wallet } from 'ethers';
import { DataSource } from 'typeorm';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { walletFromFile } from './key-file.ts';

export type KeyRole = 'receipt' | 'relayer' | 'jobSigner';

const FILE_SETTING: Record<KeyRole, string> = {
  receipt: 'RECEIPT_KEY_FILE',
  relayer: 'RELAYER_KEY_FILE',
  jobSigner: 'JOB_SIGNER_KEY_FILE',
};

/**
 * The operator's keys, read from files by the process that was given the file. Every process learns the addresses of
 * all of them from the database.
 */
@Injectable()
export class OperatorKeys {
  private readonly wallets = new Map<KeyRole, Wallet>();

  constructor(
    @Inject(ENV) env: Env,
    @Inject(DataSource) private readonly source: DataSource,
  ) {
    const files: [KeyRole, string | undefined][] = [
      ['receipt', env.RECEIPT_KEY_FILE],
      ['relayer', env.RELAYER_KEY_FILE],
      ['jobSigner', env.JOB_SIGNER_KEY_FILE],
    ];
    for (const [role, file] of files) if (file) this.wallets.set(role, walletFromFile(file));
  }

  async announce(): Promise<void> {
    for (const [role, wallet] of this.wallets) {
      await this.source.query(
        'INSERT INTO operator_key VALUES ($1, $2) ON CONFLICT (role) DO UPDATE SET address = $2',
        [role, wallet.address],
      );
    }
  }

  /** The key itself, where this process holds it. */
  wallet(role: KeyRole): Wallet {
    const wallet = this.wallets.get(role);
    if (!wallet) throw new Error(`This process was not given the ${role} key: set ${FILE_SETTING[role]}`);
    return wallet;
  }

  has(role: KeyRole): boolean {
    return this.wallets.has(role);
  }

  async address(role: KeyRole): Promise<string | null> {
    const own = this.wallets.get(role)?.address;
    if (own) return own;
    const [row]: { address: string }[] = await this.source.query('SELECT address FROM operator_key WHERE role = $1', [
      role,
    ]);
    return row?.address ?? null;
  }
}
