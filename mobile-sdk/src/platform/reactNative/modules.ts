/**
 * What the adapters use of Expo's modules. An app passes the real ones (`import * as SecureStore from 'expo-secure-store'`), so that
 * the SDK depends on none of them; `examples/expo` checks that they fit.
 */
export interface SecureStoreModule {
  AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: number;
  getItemAsync(key: string): Promise<string | null>;
  setItemAsync(key: string, value: string, options?: { keychainAccessible?: number }): Promise<void>;
  deleteItemAsync(key: string): Promise<void>;
}

export interface ExpoFileHandle {
  offset: number | null;
  size: number | null;
  readBytes(length: number): Uint8Array;
  close(): void;
}

export interface ExpoFile {
  readonly uri: string;
  readonly name: string;
  exists: boolean;
  size: number;
  lastModified: number | null;
  bytes(): Promise<Uint8Array>;
  write(content: Uint8Array): void;
  delete(): void;
  open(): ExpoFileHandle;
}

export interface ExpoDirectory {
  readonly uri: string;
  readonly name: string;
  exists: boolean;
  create(options?: { intermediates?: boolean; idempotent?: boolean }): void;
  list(): (ExpoFile | ExpoDirectory)[];
}

/** `expo-file-system`. Its classes name each other in their signatures, hence `never`: the adapter passes them only what they made. */
export interface FileSystemModule {
  Paths: { document: ExpoDirectory };
  Directory: new (...parts: never[]) => ExpoDirectory;
  File: new (...parts: never[]) => ExpoFile & { move(to: never, options?: { overwrite?: boolean }): Promise<void> };
}

export interface Subscription {
  remove(): void;
}

export interface NetworkModule {
  getNetworkStateAsync(): Promise<{ type?: string; isConnected?: boolean }>;
  addNetworkStateListener(listener: () => void): Subscription;
}

export interface BatteryModule {
  /** 0 unknown, 1 unplugged, 2 charging, 3 full, 4 plugged in but not charging. */
  getBatteryStateAsync(): Promise<number>;
  addBatteryStateListener(listener: () => void): Subscription;
}

export interface TaskManagerModule {
  defineTask(name: string, task: () => Promise<unknown>): void;
}

export interface BackgroundTaskModule {
  BackgroundTaskResult: { Success: number; Failed: number };
  registerTaskAsync(name: string, options?: { minimumInterval?: number }): Promise<void>;
  unregisterTaskAsync(name: string): Promise<void>;
  addExpirationListener(listener: () => void): Subscription;
}

/** AES of `expo-crypto`, and its random bytes. */
export interface ExpoCryptoModule<Key = unknown, Sealed extends ExpoSealed = ExpoSealed> {
  getRandomValues<T extends Uint8Array>(array: T): T;
  AESEncryptionKey: { import(bytes: Uint8Array): Promise<Key> };
  AESSealedData: { fromParts(iv: Uint8Array, ciphertextWithTag: Uint8Array, tagLength?: number): Sealed };
  aesEncryptAsync(
    plaintext: Uint8Array,
    key: Key,
    options: { nonce: { bytes: Uint8Array }; additionalData?: Uint8Array },
  ): Promise<Sealed>;
  aesDecryptAsync(
    sealed: Sealed,
    key: Key,
    options: { output: 'bytes'; additionalData?: Uint8Array },
  ): Promise<Uint8Array>;
}

export interface ExpoSealed {
  ciphertext(options: { includeTag: boolean; encoding: 'bytes' }): Promise<Uint8Array>;
}
