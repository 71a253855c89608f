import { sha256 } from './bytes.ts';
import { jsonBytes } from './json.ts';

/** The part of a contribution's record that its ciphertext is bound to. */
export interface RecordCore {
  contributionId: string;
  datasetId: string;
  schemaHash: string;
}

/** FLOE's associated data (32 bytes): SHA-256 of the RFC 8785 core with lower-case hex. Fields beyond the core are left out. */
export function contentAad(core: RecordCore): Uint8Array<ArrayBuffer> {
  return sha256(
    jsonBytes({
      contributionId: core.contributionId.toLowerCase(),
      datasetId: core.datasetId.toLowerCase(),
      schemaHash: core.schemaHash.toLowerCase(),
    }),
  );
}
