import type {
  BackgroundTaskModule,
  BatteryModule,
  ExpoDirectory,
  ExpoFile,
  FileSystemModule,
  NetworkModule,
  SecureStoreModule,
  TaskManagerModule,
} from '../platform/reactNative/modules.ts';

/** Expo's modules over the memory of one device, with the limits of the real ones. */
export interface ExpoDouble {
  secureStore: SecureStoreModule;
  fileSystem: FileSystemModule;
  network: NetworkModule;
  battery: BatteryModule;
  taskManager: TaskManagerModule;
  backgroundTask: BackgroundTaskModule & { intervals: number[] };
  files: Map<string, Uint8Array>;
  secrets: Map<string, string>;
  state: { network: string; battery: number };
  /** Tells listeners that network or battery changed. */
  change(): void;
  /** Runs the defined background task, as the platform does. */
  runTask(name: string): Promise<unknown>;
}

export function expoDouble(): ExpoDouble {
  const files = new Map<string, Uint8Array>();
  const secrets = new Map<string, string>();
  const state = { network: 'WIFI', battery: 2 };
  const listeners = new Set<() => void>();
  const tasks = new Map<string, () => Promise<unknown>>();
  const intervals: number[] = [];
  const listen = (listener: () => void): { remove(): void } => {
    listeners.add(listener);
    return { remove: () => void listeners.delete(listener) };
  };

  class Directory implements ExpoDirectory {
    readonly uri: string;
    exists = true;
    constructor(...parts: (string | { uri: string })[]) {
      this.uri = parts.map((part) => (typeof part === 'string' ? part : part.uri)).join('/');
    }
    get name(): string {
      return this.uri.split('/').at(-1) as string;
    }
    create(): void {}
    list(): (File | Directory)[] {
      const names = [...files.keys()].filter((uri) => uri.startsWith(`${this.uri}/`));
      return names.map((uri) => new File(this, uri.slice(this.uri.length + 1)));
    }
  }

  class File implements ExpoFile {
    readonly uri: string;
    lastModified = 1;
    constructor(...parts: (string | { uri: string })[]) {
      this.uri = parts.map((part) => (typeof part === 'string' ? part : part.uri)).join('/');
      if (this.name.length > 255) throw new Error('the file name is too long');
    }
    get name(): string {
      return this.uri.split('/').at(-1) as string;
    }
    get exists(): boolean {
      return files.has(this.uri);
    }
    get size(): number {
      return files.get(this.uri)?.length ?? 0;
    }
    async bytes(): Promise<Uint8Array> {
      const bytes = files.get(this.uri);
      if (!bytes) throw new Error(`${this.uri} does not exist`);
      return bytes.slice();
    }
    write(content: Uint8Array): void {
      files.set(this.uri, content.slice());
    }
    delete(): void {
      files.delete(this.uri);
    }
    async move(to: File, options?: { overwrite?: boolean }): Promise<void> {
      if (to.exists && !options?.overwrite) throw new Error('the destination exists');
      files.set(to.uri, await this.bytes());
      files.delete(this.uri);
    }
    open() {
      const bytes = files.get(this.uri) as Uint8Array;
      return {
        offset: 0,
        size: bytes.length,
        readBytes(length: number): Uint8Array {
          return bytes.slice(this.offset, (this.offset += length));
        },
        close: () => undefined,
      };
    }
  }

  return {
    files,
    secrets,
    state,
    secureStore: {
      AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: 1,
      getItemAsync: async (key) => secrets.get(key) ?? null,
      setItemAsync: async (key, value) => {
        if (!/^[\w.-]+$/.test(key) || value.length > 2048) throw new Error(`${key} cannot be stored`);
        secrets.set(key, value);
      },
      deleteItemAsync: async (key) => void secrets.delete(key),
    },
    fileSystem: {
      Paths: { document: new Directory('file:///documents') },
      Directory,
      File,
    } as unknown as FileSystemModule,
    network: {
      getNetworkStateAsync: async () => ({ type: state.network, isConnected: true }),
      addNetworkStateListener: listen,
    },
    battery: { getBatteryStateAsync: async () => state.battery, addBatteryStateListener: listen },
    taskManager: { defineTask: (name, task) => void tasks.set(name, task) },
    backgroundTask: {
      BackgroundTaskResult: { Success: 1, Failed: 2 },
      intervals,
      registerTaskAsync: async (_name, options) => void intervals.push(options?.minimumInterval ?? 0),
      unregisterTaskAsync: async () => undefined,
      addExpirationListener: listen,
    },
    change: () => listeners.forEach((listener) => listener()),
    runTask: async (name) => tasks.get(name)?.(),
  };
}
