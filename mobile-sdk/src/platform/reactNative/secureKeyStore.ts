import { fromHex, toHex } from '@allod/protocol';
import type { KeyStore } from '../ports.ts';
import type { SecureStoreModule } from './modules.ts';

/** Names in the Keychain and Keystore hold letters, digits, `.`, `-` and `_` only. */
const nameOf = (key: string): string =>
  `allod.${key.replace(/[^A-Za-z0-9.-]/g, (c) => `_${c.charCodeAt(0).toString(16)}_`)}`;

/** Keys in the Keychain (iOS) and Keystore (Android): readable in the background after the first unlock, never in a backup. */
export function secureKeyStore(secureStore: SecureStoreModule): KeyStore {
  return {
    async get(key) {
      const value = await secureStore.getItemAsync(nameOf(key));
      return value === null ? undefined : fromHex(value);
    },
    set: (key, value) =>
      secureStore.setItemAsync(nameOf(key), toHex(value), {
        keychainAccessible: secureStore.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY,
      }),
    delete: (key) => secureStore.deleteItemAsync(nameOf(key)),
  };
}
