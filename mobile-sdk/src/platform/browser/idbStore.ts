import type { KeyStore, ResumeStore } from '../ports.ts';

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB request failed'));
  });

/** Key-value store in one object store of IndexedDB. `put` resolves when its transaction is complete, with strict durability. */
export class IdbStore implements KeyStore, ResumeStore {
  readonly #database: () => Promise<IDBDatabase>;
  readonly #store: string;

  constructor(database: () => Promise<IDBDatabase>, store: string) {
    this.#database = database;
    this.#store = store;
  }

  async #write(run: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = (await this.#database()).transaction(this.#store, 'readwrite', { durability: 'strict' });
    run(transaction.objectStore(this.#store));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () =>
        reject(transaction.error ?? new Error('IndexedDB write failed'));
    });
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const transaction = (await this.#database()).transaction(this.#store, 'readonly');
    return settled<Uint8Array | undefined>(transaction.objectStore(this.#store).get(key));
  }
  put(key: string, value: Uint8Array): Promise<void> {
    return this.#write((store) => store.put(value, key));
  }
  set(key: string, value: Uint8Array): Promise<void> {
    return this.put(key, value);
  }
  delete(key: string): Promise<void> {
    return this.#write((store) => store.delete(key));
  }
  async list(prefix: string): Promise<string[]> {
    const transaction = (await this.#database()).transaction(this.#store, 'readonly');
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    return (await settled(transaction.objectStore(this.#store).getAllKeys(range))).map(String);
  }
}

/** Opens the database once, on first use. */
export function openDatabase(name: string, stores: readonly string[]): () => Promise<IDBDatabase> {
  let opening: Promise<IDBDatabase> | undefined;
  return () => {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => stores.forEach((store) => request.result.createObjectStore(store));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('IndexedDB cannot be opened'));
    });
    return opening;
  };
}
