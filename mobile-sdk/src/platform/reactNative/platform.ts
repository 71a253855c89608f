import { systemClock } from '../clock.ts';
import type { Fetch, Platform } from '../ports.ts';
import { expoDevice } from './expoDevice.ts';
import { expoStore } from './expoStore.ts';
import type { BatteryModule, FileSystemModule, NetworkModule, SecureStoreModule } from './modules.ts';
import { secureKeyStore } from './secureKeyStore.ts';

export interface ExpoModules {
  secureStore: SecureStoreModule;
  fileSystem: FileSystemModule;
  network: NetworkModule;
  battery: BatteryModule;
  /** `fetch` of `expo/fetch`, which sends bytes as they are; React Native's own copies them as base64. */
  fetch?: Fetch;
}

/**
 * React Native with Expo modules: keys in Keychain or Keystore, the queue in files of the app, policies by network and battery.
 *
 * @param folder name of the queue's folder; one per seed
 */
export function expoPlatform(modules: ExpoModules, folder = 'allod'): Platform {
  return {
    keyStore: secureKeyStore(modules.secureStore),
    resumeStore: expoStore(modules.fileSystem, folder),
    clock: systemClock,
    fetch: modules.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    device: expoDevice(modules.network, modules.battery),
  };
}
