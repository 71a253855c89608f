import type { LabelingClient } from './client.ts';
import type { AppConfig } from './config.ts';
import type { Wallet } from './wallet/wallet.ts';

export function createSdkClient(_config: AppConfig, _wallet: Wallet | null): LabelingClient {
  throw new Error('the SDK is not bound');
}
