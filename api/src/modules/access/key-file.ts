import type { KeyFile } from '@allod/protocol';

/** A key file without some items: their wraps are gone, and so is every sealed KEK that no other item of it needs. */
export function withoutItems(file: KeyFile, gone: ReadonlySet<string>): KeyFile {
  const wraps = file.wraps.filter((wrap) => !gone.has(wrap.contributionId.toLowerCase()));
  const nameOf = (consentHash: string, intake: number): string => `${consentHash.toLowerCase()}/${intake}`;
  const used = new Set(wraps.map((wrap) => nameOf(wrap.consentHash, wrap.intake)));
  const sealed = file.sealed.filter(({ record }) => used.has(nameOf(record.consentHash, record.version)));
  return { ...file, sealed, wraps };
}
