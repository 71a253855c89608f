import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A data folder that the user postgres can reach too, which a folder of `mkdtemp` alone is not. */
export function temporaryDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'allod-'));
  chmodSync(folder, 0o755);
  return folder;
}
