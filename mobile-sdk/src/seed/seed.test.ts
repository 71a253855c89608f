import { describe, expect, it } from '@jest/globals';
import { toHex } from '@allod/protocol';
import { memoryPlatform } from '../platform/memory.ts';
import {
  backupSeed,
  createSeed,
  deleteSeed,
  loadSeed,
  recoveryPhrase,
  restoreSeed,
  saveSeed,
  seedFromPhrase,
} from './index.ts';

/** 256-bit vectors of BIP-39 (trezor/python-mnemonic, vectors.json). */
const VECTORS = [
  ['00'.repeat(32), `${'abandon '.repeat(23)}art`],
  [
    '7f'.repeat(32),
    'legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title',
  ],
  ['ff'.repeat(32), `${'zoo '.repeat(23)}vote`],
] as const;
const seed = new Uint8Array(32).map((_, i) => i);
const password = 'correct horse battery';

describe('the recovery phrase', () => {
  it.each(VECTORS)('of %s is the one of BIP-39, and leads back', (entropy, phrase) => {
    const bytes = new Uint8Array(Buffer.from(entropy, 'hex'));
    expect(recoveryPhrase(bytes)).toBe(phrase);
    expect(toHex(seedFromPhrase(` ${phrase.toUpperCase().replaceAll(' ', '\n ')} `))).toBe(`0x${entropy}`);
  });

  it('is refused with the place of what is wrong', () => {
    const words = recoveryPhrase(seed).split(' ');
    const wrong =
      (changed: string[]): (() => unknown) =>
      () =>
        seedFromPhrase(changed.join(' '));
    expect(wrong(words.with(3, 'allod'))).toThrow(
      expect.objectContaining({ code: 'BAD_PHRASE', details: { words: 24, unknownAt: [4] } }),
    );
    expect(wrong(words.slice(1))).toThrow(expect.objectContaining({ code: 'BAD_PHRASE' }));
    expect(wrong(words.with(0, words[1]!).with(1, words[0]!))).toThrow(expect.objectContaining({ code: 'BAD_PHRASE' }));
  });
});

describe('the seed in the key store', () => {
  it('is kept, never replaced by another, and deleted on request', async () => {
    const { keyStore } = memoryPlatform();
    expect(await loadSeed(keyStore)).toBeUndefined();
    await saveSeed(keyStore, seed);
    await saveSeed(keyStore, seed);
    await expect(saveSeed(keyStore, createSeed())).rejects.toMatchObject({ code: 'SEED_EXISTS' });
    expect(await loadSeed(keyStore)).toEqual(seed);
    await deleteSeed(keyStore);
    expect(await loadSeed(keyStore)).toBeUndefined();
    await expect(saveSeed(keyStore, new Uint8Array(16))).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('the encrypted backup', () => {
  it('opens with its password only, however the password is typed', async () => {
    const backup = await backupSeed(seed, `${password} é`, 14);
    expect(JSON.stringify(backup)).not.toContain(toHex(seed).slice(2));
    expect(await restoreSeed(JSON.parse(JSON.stringify(backup)), `${password} e\u0301`)).toEqual(seed);
    await expect(restoreSeed(backup, password)).rejects.toMatchObject({ code: 'BAD_BACKUP' });
    await expect(
      restoreSeed({ ...backup, sealed: backup.sealed.replace(/.$/, (c) => (c === '0' ? '1' : '0')) }, `${password} é`),
    ).rejects.toMatchObject({ code: 'BAD_BACKUP' });
  });

  it('refuses weak passwords, and files that ask for too little or too much work', async () => {
    await expect(backupSeed(seed, 'short')).rejects.toMatchObject({ code: 'WEAK_PASSWORD' });
    const backup = await backupSeed(seed, password, 1);
    expect(backup.kdf.logN).toBe(14);
    for (const logN of [1, 13, 21, 40, 14.5])
      await expect(restoreSeed({ ...backup, kdf: { ...backup.kdf, logN } }, password)).rejects.toMatchObject({
        code: 'BAD_BACKUP',
      });
  });
});
