import { Inject, Injectable } from '@nestjs/common';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { ChainPort } from '../../integrations/chain/chain.port.ts';

/** Public key of the keepers' network: from the settings, else from the registry on chain. */
@Injectable()
export class NetworkKey {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(ChainPort) private readonly chain: ChainPort,
  ) {}

  async read(): Promise<string> {
    if (this.env.NETWORK_KEY)
      return this.env.NETWORK_KEY.startsWith('0x') ? this.env.NETWORK_KEY : `0x${this.env.NETWORK_KEY}`;
    return this.chain.read<string>({ contract: 'KeeperRegistry', method: 'networkKey', args: [] });
  }
}
