/** What the server of this page says about the network, read once from `/config.json` before anything is drawn. */
export interface AppConfig {
  api: string;
  rpcUrls: string[];
  chainId: number;
  /** The name that conditions use for the chain, for example `base`. */
  chainName: string;
  contracts: Record<string, string>;
  keeperRegistry: string;
  /** Public key of the keepers; a sealed key of any other network is refused. */
  networkKey: string;
  /** Offers a key held in the browser instead of a wallet. */
  development: boolean;
  /** Every keeper is run by one operator, who could therefore open what it keeps. */
  singleOperator: boolean;
  /** A keeper believes one chain provider alone, which could therefore show it entitlements that do not exist. */
  singleRpc: boolean;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

function text(source: Record<string, unknown>, key: string): string {
  const value = source[key];
  if (typeof value !== 'string' || value === '') throw new ConfigError(`config.json: "${key}" must be a text`);
  return value;
}

export function parseConfig(source: unknown): AppConfig {
  if (typeof source !== 'object' || source === null) throw new ConfigError('config.json: must be an object');
  const fields = source as Record<string, unknown>;
  const rpcUrls = fields['rpcUrls'];
  if (!Array.isArray(rpcUrls) || rpcUrls.length === 0 || !rpcUrls.every((url) => typeof url === 'string')) {
    throw new ConfigError('config.json: "rpcUrls" must be a list of addresses');
  }
  const chainId = fields['chainId'];
  if (typeof chainId !== 'number' || !Number.isSafeInteger(chainId) || chainId < 1) {
    throw new ConfigError('config.json: "chainId" must be a positive number');
  }
  const contracts = fields['contracts'];
  if (typeof contracts !== 'object' || contracts === null) {
    throw new ConfigError('config.json: "contracts" must be an object');
  }
  return {
    api: text(fields, 'api').replace(/\/+$/, ''),
    rpcUrls: rpcUrls as string[],
    chainId,
    chainName: text(fields, 'chainName'),
    contracts: contracts as Record<string, string>,
    keeperRegistry: text(fields, 'keeperRegistry'),
    networkKey: text(fields, 'networkKey'),
    development: fields['development'] === true,
    singleOperator: fields['singleOperator'] !== false,
    singleRpc: fields['singleRpc'] === true,
  };
}

export async function loadConfig(fetchConfig: typeof fetch = fetch): Promise<AppConfig> {
  const response = await fetchConfig('/config.json', { cache: 'no-store' });
  if (!response.ok) throw new ConfigError(`config.json: the server answered ${response.status}`);
  return parseConfig(await response.json());
}
