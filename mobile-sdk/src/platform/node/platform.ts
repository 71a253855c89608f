import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { Platform } from '../ports.ts';
import { bytesFetch } from './bytesFetch.ts';
import { FileStore } from './fileStore.ts';

/**
 * Node: keys and queue as files of mode 600 below `directory`, each write followed by fsync of file and folder.
 * Counts as connected by cable and on mains; pass `device` of your own where it is not.
 *
 * @param directory absolute path, created with mode 700; one per seed, never shared between contributors
 */
export function nodePlatform(directory: string): Platform {
  return {
    keyStore: new FileStore(join(directory, 'keys')),
    resumeStore: new FileStore(join(directory, 'queue')),
    clock: systemClock,
    fetch: bytesFetch,
    device: { network: async () => 'ethernet', charging: async () => true },
  };
}
