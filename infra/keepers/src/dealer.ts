/**
 * The development dealer: one process makes the whole network key and splits it. A key made here was known to one
 * machine for a moment, so keepers refuse it in production unless `SINGLE_OPERATOR=1` says that this is accepted.
 *
 * As a program: `node dealer.ts --n 3 --t 2 --out <folder> --passphrase-file <file>` writes `share-<index>.json`
 * and `network.json`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commitmentTo, evaluate, randomScalar } from './shamir.ts';
import { sealShareFile } from './share-file.ts';
import type { Share } from './share-file.ts';

export { openShareFile, sealShareFile } from './share-file.ts';
export type { Share, ShareFile } from './share-file.ts';

export interface Deal {
  /** Compressed G1 point, 48 bytes, 0x hex: the public key that everything is sealed to. */
  networkKey: string;
  threshold: number;
  /** One per keeper; keep each apart and write it only through `sealShareFile`. */
  shares: Share[];
  /** G1·f(x) of each share, in the order of `shares`; public, goes into the KeeperRegistry. */
  commitments: string[];
}

/** Splits a fresh BLS12-381 key in `n` shares of which any `t` sign. */
export function deal({ n, t }: { n: number; t: number }): Deal {
  if (!Number.isInteger(n) || !Number.isInteger(t) || t < 2 || t > n || n > 255) {
    throw new RangeError(`a deal needs 2 <= t <= n <= 255, got n=${n} t=${t}`);
  }
  const coefficients = Array.from({ length: t }, randomScalar);
  const networkKey = commitmentTo(coefficients[0]!);
  const shares = Array.from({ length: n }, (_, i): Share => {
    const secret = evaluate(coefficients, BigInt(i + 1));
    return {
      index: i + 1,
      secret,
      commitment: commitmentTo(secret),
      networkKey,
      threshold: t,
      total: n,
      origin: 'dealer',
    };
  });
  return { networkKey, threshold: t, shares, commitments: shares.map((share) => share.commitment) };
}

/** Writes `share-<index>.json` (mode 600, encrypted) per keeper and `network.json` (public). Returns the share paths. */
export function writeDeal(folder: string, dealt: Deal, passphrase: string): string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { networkKey, threshold, commitments } = dealt;
  writeFileSync(join(folder, 'network.json'), `${JSON.stringify({ networkKey, threshold, commitments }, null, 2)}\n`);
  return dealt.shares.map((share) => {
    const path = join(folder, `share-${share.index}.json`);
    writeFileSync(path, `${JSON.stringify(sealShareFile(share, passphrase), null, 2)}\n`, { mode: 0o600 });
    return path;
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      n: { type: 'string', default: '3' },
      t: { type: 'string', default: '2' },
      out: { type: 'string' },
      'passphrase-file': { type: 'string' },
    },
  });
  if (!values.out || !values['passphrase-file'])
    throw new Error('usage: dealer --n 3 --t 2 --out DIR --passphrase-file FILE');
  const dealt = deal({ n: Number(values.n), t: Number(values.t) });
  writeDeal(values.out, dealt, readFileSync(values['passphrase-file'], 'utf8').trim());
  console.log(
    JSON.stringify({ networkKey: dealt.networkKey, threshold: dealt.threshold, commitments: dealt.commitments }),
  );
}
