import { canonicalJson, utf8 } from '@allod/protocol';
import type { ResumeStore } from './platform/ports.ts';

/** Reads a JSON value; undefined when there is none. */
export async function loadJson<T>(store: ResumeStore, key: string): Promise<T | undefined> {
  const bytes = await store.get(key);
  return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as T);
}

/** Writes a JSON value durably. */
export async function saveJson(store: ResumeStore, key: string, value: unknown): Promise<void> {
  await store.put(key, utf8(canonicalJson(value)));
}

/** True when a store refused a value for lack of room. */
export function isStoreFull(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'QuotaExceededError' || code === 'ENOSPC' || code === 'EDQUOT';
}
