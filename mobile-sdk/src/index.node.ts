import { type Client, createClientOn, type CreateClientOptions } from './client.ts';
import type { KeyGate } from './keys/key-gate.port.ts';
import { loadWasmCurve } from './keys/ibe-wasm.ts';
import { createLightKeyGate as createGate, type LightKeyGateOptions } from './keys/light.ts';
import { memoryPlatform } from './platform/memory.ts';
import { pinnedFetch } from './platform/node/pinnedFetch.ts';

export * from './exports.ts';
export { fileSource } from './platform/node/fileSource.ts';
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

/**
 * The light key client with what Node adds: keepers whose TLS key the registry names are held to it, and many keys are opened in
 * WebAssembly where the optional `mcl-wasm` is installed.
 *
 * @example
 * const keyGate = createLightKeyGate({ chainId, chain: 'base', networkKey, keeperRegistry, rpcUrl });
 */
export function createLightKeyGate(options: LightKeyGateOptions): KeyGate {
  const fetchFrom = options.fetch ? undefined : pinnedFetch;
  return createGate({ ...(fetchFrom ? { fetchFrom } : {}), fastCurve: loadWasmCurve, ...options });
}
