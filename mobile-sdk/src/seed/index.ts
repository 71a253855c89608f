import { fromHex, toHex, utf8 } from '@allod/protocol';
import { gcm } from '@noble/ciphers/aes.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { entropyToMnemonic, mnemonicToEntropy, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { AllodError } from '../errors/base.ts';
import type { KeyStore } from '../platform/ports.ts';
import { randomBytes } from '../random.ts';

/**
 * The seed is 32 bytes from which accounts and keys of every dataset follow. Three ways to keep it: this device's key store, 24 words on
 * paper (BIP-39), and an encrypted file for the platform's backup. Whoever has one of them is the contributor.
 */
const NAME = 'seed';

/** A new seed from the platform's secure random bytes. */
export function createSeed(): Uint8Array<ArrayBuffer> {
  return randomBytes(32);
}

/** The seed of this device; undefined when there is none. */
export function loadSeed(keyStore: KeyStore): Promise<Uint8Array | undefined> {
  return keyStore.get(NAME);
}

/**
 * Keeps a seed in the device's key store. @throws `SEED_EXISTS` when another one is there: overwriting it would lose its income
 */
export async function saveSeed(keyStore: KeyStore, seed: Uint8Array): Promise<void> {
  assertSeed(seed);
  const kept = await keyStore.get(NAME);
  if (kept && toHex(kept) !== toHex(seed))
    throw new AllodError('SEED_EXISTS', 'this device has another seed: back it up and delete it first');
  await keyStore.set(NAME, seed);
}

/** Deletes the seed from this device. Without a backup it is gone for good. */
export function deleteSeed(keyStore: KeyStore): Promise<void> {
  return keyStore.delete(NAME);
}

/** The 24 English words of a seed (BIP-39, 256 bits of entropy, 8 bits of checksum). They are the seed: never show them unasked. */
export function recoveryPhrase(seed: Uint8Array): string {
  assertSeed(seed);
  return entropyToMnemonic(seed, wordlist);
}

/**
 * The seed of 24 words; case, spaces and line breaks do not matter.
 *
 * @throws `BAD_PHRASE` for a wrong word, number of words or checksum
 */
export function seedFromPhrase(phrase: string): Uint8Array {
  const words = phrase.normalize('NFKD').trim().toLowerCase().split(/\s+/);
  const unknown = words.filter((word) => !wordlist.includes(word));
  const clean = words.join(' ');
  if (words.length !== 24 || unknown.length > 0 || !validateMnemonic(clean, wordlist))
    throw new AllodError('BAD_PHRASE', 'these are not the 24 words of a seed', {
      details: { words: words.length, unknownAt: words.flatMap((word, i) => (unknown.includes(word) ? [i + 1] : [])) },
    });
  return mnemonicToEntropy(clean, wordlist);
}

/** An encrypted seed, for iCloud, Google backup or a file. JSON; only the password opens it. */
export interface SeedBackup {
  v: 1;
  /** scrypt (RFC 7914) of the password in NFKC, 32 bytes out. */
  kdf: { name: 'scrypt'; logN: number; r: 8; p: 1; salt: string };
  /** AES-256-GCM with 12 bytes of IV; associated data is `allod/seed-backup/1`. */
  iv: string;
  sealed: string;
}

const AAD = utf8('allod/seed-backup/1');
/** 2^17 blocks of 1 KiB, 128 MB: OWASP's first choice for scrypt. A file that asks for more than 2^20 is refused. */
const LOG_N = { weakest: 14, usual: 17, strongest: 20 };
const SHORTEST_PASSWORD = 12;

const keyOf = (password: string, { logN, r, p, salt }: SeedBackup['kdf']): Promise<Uint8Array> =>
  scryptAsync(utf8(password.normalize('NFKC')), fromHex(salt), { N: 2 ** logN, r, p, dkLen: 32 });

/**
 * Encrypts a seed under a password of at least 12 characters. Takes about a second and 128 MB.
 *
 * @param logN cost, 14 to 20; lower only where memory is short
 * @throws `WEAK_PASSWORD`
 */
export async function backupSeed(seed: Uint8Array, password: string, logN = LOG_N.usual): Promise<SeedBackup> {
  assertSeed(seed);
  if (password.length < SHORTEST_PASSWORD)
    throw new AllodError('WEAK_PASSWORD', `a backup's password has at least ${SHORTEST_PASSWORD} characters`);
  const kdf = { name: 'scrypt', logN: bounded(logN), r: 8, p: 1, salt: toHex(randomBytes(16)) } as const;
  const iv = randomBytes(12);
  return { v: 1, kdf, iv: toHex(iv), sealed: toHex(gcm(await keyOf(password, kdf), iv, AAD).encrypt(seed)) };
}

/** @throws `BAD_BACKUP` for a wrong password, or a file that is damaged or asks for an absurd amount of work */
export async function restoreSeed(backup: SeedBackup, password: string): Promise<Uint8Array> {
  try {
    const { v, kdf, iv, sealed } = backup;
    if (v !== 1 || kdf.name !== 'scrypt' || kdf.r !== 8 || kdf.p !== 1 || bounded(kdf.logN) !== kdf.logN)
      throw new RangeError('unknown format');
    const seed = gcm(await keyOf(password, kdf), fromHex(iv), AAD).decrypt(fromHex(sealed));
    assertSeed(seed);
    return seed;
  } catch (cause) {
    throw new AllodError('BAD_BACKUP', 'the password is wrong or the backup is damaged', { cause });
  }
}

const bounded = (logN: number): number => Math.min(LOG_N.strongest, Math.max(LOG_N.weakest, Math.trunc(logN)));

function assertSeed(seed: Uint8Array): void {
  if (seed.length !== 32) throw new AllodError('BAD_INPUT', 'a seed has 32 bytes');
}
