/** Secrets of this device: device keys of grants. Values never leave the device. */
export interface KeyStore {
  get(name: string): Promise<Uint8Array | undefined>;
  set(name: string, value: Uint8Array): Promise<void>;
  delete(name: string): Promise<void>;
}

/**
 * Durable state: consents, queued batches with their ciphertext, receipts. A resolved `put` survives a crash of the
 * process and, where the platform can promise it, a loss of power. Holds no plaintext and no unwrapped key. The bytes given to `put`
 * are the caller's again when it resolves: a store that holds them longer copies them.
 */
export interface ResumeStore {
  /** @param into memory that may be used for the bytes, where they fit: they are valid until the caller uses it again */
  get(key: string, into?: Uint8Array): Promise<Uint8Array | undefined>;
  put(key: string, value: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
  /** Keys that start with `prefix`, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Bytes `start` to `end` of a value, where that is cheaper than all of it. `into` as with `get`. */
  getPart?(key: string, start: number, end: number, into?: Uint8Array): Promise<Uint8Array | undefined>;
  /** Writes a value piece by piece, where that is cheaper than one value for each piece. */
  writer?(key: string): ValueWriter;
}

/** A value on its way into a store: not to be seen before `finish` resolves, then as durable as by `put`. One call at a time. */
export interface ValueWriter {
  append(bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  /** Gives up, and leaves nothing behind; safe at any time, after `finish` without effect. */
  discard(): Promise<void>;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export type Network = 'wifi' | 'ethernet' | 'cellular' | 'none' | 'unknown';

/** Network and battery of the device, for upload policies. */
export interface DeviceState {
  network(): Promise<Network>;
  /** Undefined where the platform cannot tell. */
  charging(): Promise<boolean | undefined>;
  /** Calls back after a change of either; returns a function that stops it. */
  subscribe?(listener: () => void): () => void;
}

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

/** Everything that the core takes from the platform it runs on. */
export interface Platform {
  keyStore: KeyStore;
  resumeStore: ResumeStore;
  clock: Clock;
  fetch: Fetch;
  /** Missing where the platform tells nothing of it: then policies that ask for Wi-Fi or power never allow an upload. */
  device?: DeviceState | undefined;
}
