import { type Client, createClientOn, type CreateClientOptions } from './client.ts';
import { memoryPlatform } from './platform/memory.ts';

export * from './exports.ts';
export { nodePlatform } from './platform/node/platform.ts';
export { createLitSdkKeyGate, type LitSdkKeyGateOptions } from './keys/lit-sdk.ts';

/**
 * Makes a client. Pass `platform: nodePlatform(directory)` where a queue must survive the process; without it everything is
 * in memory.
 *
 * @example
 * const client = createClient({ api, chain, seed, keyGate, platform: nodePlatform('/var/lib/allod') });
 */
export function createClient(options: CreateClientOptions): Client {
  return createClientOn(options.platform ?? memoryPlatform(), options);
}
