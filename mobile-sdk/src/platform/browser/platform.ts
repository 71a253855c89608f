import { systemClock } from '../clock.ts';
import { memoryPlatform } from '../memory.ts';
import type { Platform } from '../ports.ts';
import { IdbStore, openDatabase } from './idbStore.ts';

/**
 * Browser: keys and queue in IndexedDB. Where there is none (private windows of some browsers, server rendering) the
 * memory platform stands in, and nothing survives a reload.
 *
 * @param name name of the database; one per seed
 */
export function browserPlatform(name = 'allod'): Platform {
  if (typeof indexedDB === 'undefined') return memoryPlatform();
  const database = openDatabase(name, ['keys', 'queue']);
  return {
    keyStore: new IdbStore(database, 'keys'),
    resumeStore: new IdbStore(database, 'queue'),
    clock: systemClock,
    fetch: (input, init) => globalThis.fetch(input, init),
  };
}
