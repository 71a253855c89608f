import { type Client, createClientOn, type CreateClientOptions } from './client.ts';
import type { Platform } from './platform/ports.ts';

export * from './exports.ts';
export {
  defineUploadTask,
  scheduleUploads,
  SHORTEST_INTERVAL,
  UPLOAD_TASK,
} from './platform/reactNative/background.ts';
export { expoCrypto, installCrypto, type MinimalCrypto, softwareCrypto } from './platform/reactNative/crypto.ts';
export { expoDevice } from './platform/reactNative/expoDevice.ts';
export { expoFileSource } from './platform/reactNative/expoFileSource.ts';
export { expoStore } from './platform/reactNative/expoStore.ts';
export type * from './platform/reactNative/modules.ts';
export { type ExpoModules, expoPlatform } from './platform/reactNative/platform.ts';
export { secureKeyStore } from './platform/reactNative/secureKeyStore.ts';

/** Room of the queue on a phone, in bytes, unless the app says otherwise. */
const PHONE_QUEUE = 512 * 2 ** 20;

/**
 * Makes a client. React Native has no store of its own: pass `platform: expoPlatform({ … })`.
 *
 * @example
 * const platform = expoPlatform({ secureStore, fileSystem, network, battery, fetch });
 * const client = createClient({ api, chain, seed, keyGate, platform, upload: { wifiOnly: true } });
 */
export function createClient(options: CreateClientOptions & { platform: Platform }): Client {
  return createClientOn(options.platform, { ...options, queue: { maxBytes: PHONE_QUEUE, ...options.queue } });
}
