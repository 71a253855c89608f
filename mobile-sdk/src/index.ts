import { type Client, createClientOn, type CreateClientOptions } from './client.ts';
import { browserPlatform } from './platform/browser/platform.ts';

export * from './exports.ts';
export { browserPlatform } from './platform/browser/platform.ts';

/**
 * Makes a client. Keys and queue rest in IndexedDB unless `platform` says otherwise.
 *
 * @example
 * const client = createClient({ api, chain, seed, keyGate: createLightKeyGate({ ... }) });
 */
export function createClient(options: CreateClientOptions): Client {
  return createClientOn(options.platform ?? browserPlatform(), options);
}
