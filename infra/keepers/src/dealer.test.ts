import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { deal, openShareFile, sealShareFile, writeDeal } from './dealer.ts';
import { bytesToScalar, commitmentTo, evaluate, interpolateAtZero, randomScalar, scalarToBytes } from './shamir.ts';
import { createShareSigner, nativeSigner, portableSigner } from './share-signer.ts';

const points = (shares: { index: number; secret: bigint }[]) =>
  shares.map(({ index, secret }) => ({ x: BigInt(index), y: secret }));

describe('the dealer', () => {
  it('gives shares of which any threshold, and no fewer, make the network key', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 0, max: 4 }),
        fc.infiniteStream(fc.nat()),
        (t, extra, ranks) => {
          const { shares, networkKey } = deal({ n: t + extra, t });
          const order = shares.map((share) => ({ share, rank: ranks.next().value! })).sort((a, b) => a.rank - b.rank);
          const some = order.map(({ share }) => share);
          expect(commitmentTo(interpolateAtZero(points(some.slice(0, t))))).toBe(networkKey);
          expect(commitmentTo(interpolateAtZero(points(some.slice(0, t - 1))))).not.toBe(networkKey);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('names each share by its commitment', () => {
    const { shares, commitments } = deal({ n: 4, t: 3 });
    expect(commitments).toEqual(shares.map(({ secret }) => commitmentTo(secret)));
    expect(shares.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
  });

  it.each([
    [3, 1],
    [2, 3],
    [256, 2],
    [3, 2.5],
    [0, 0],
  ])('refuses n=%d t=%d', (n, t) => {
    expect(() => deal({ n, t })).toThrow(RangeError);
  });

  it('evaluates the polynomial it interpolates', () => {
    const coefficients = [randomScalar(), randomScalar(), randomScalar()];
    const at = [7n, 11n, 200n].map((x) => ({ x, y: evaluate(coefficients, x) }));
    expect(interpolateAtZero(at)).toBe(coefficients[0]);
  });

  it('refuses bytes that are no scalar', () => {
    expect(() => bytesToScalar(new Uint8Array(32))).toThrow('not a scalar');
    expect(() => bytesToScalar(new Uint8Array(32).fill(255))).toThrow('not a scalar');
  });
});

describe('a share file', () => {
  const share = deal({ n: 3, t: 2 }).shares[1]!;
  const file = sealShareFile(share, 'correct horse battery');

  it('opens with its passphrase and holds no share in the clear', () => {
    expect(openShareFile(JSON.parse(JSON.stringify(file)), 'correct horse battery')).toEqual(share);
    const secret = Buffer.from(scalarToBytes(share.secret)).toString('hex');
    expect(JSON.stringify(file)).not.toContain(secret);
    expect(JSON.stringify(file)).not.toContain(share.secret.toString());
  });

  it('does not open without it', () => {
    expect(() => openShareFile(file, 'correct horse battery ')).toThrow('wrong passphrase or altered file');
  });

  it.each([
    ['index', { index: 1 }],
    ['origin', { origin: 'dkg' as const }],
    ['threshold', { threshold: 3 }],
    ['networkKey', { networkKey: `0x${'ab'.repeat(48)}` }],
    ['commitment', { commitment: `0x${'ab'.repeat(48)}` }],
  ])('does not open with another %s', (_, changes) => {
    expect(() => openShareFile({ ...file, ...changes }, 'correct horse battery')).toThrow(
      'wrong passphrase or altered file',
    );
  });

  it('is written for its owner only', () => {
    const folder = mkdtempSync(join(tmpdir(), 'allod-deal-'));
    const dealt = deal({ n: 2, t: 2 });
    const paths = writeDeal(folder, dealt, 'a passphrase');
    expect(paths.map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(openShareFile(JSON.parse(readFileSync(paths[1]!, 'utf8')), 'a passphrase')).toEqual(dealt.shares[1]);
    rmSync(folder, { recursive: true });
  });
});

describe('signing with a share', () => {
  it('gives the same bytes natively and in plain JavaScript', () => {
    const share = deal({ n: 3, t: 2 }).shares[2]!;
    const portable = portableSigner(share);
    const native = nativeSigner(share);
    // blst has builds for these; elsewhere the portable signer stands alone.
    if (['linux-x64', 'linux-arm64', 'darwin-arm64'].includes(`${process.platform}-${process.arch}`)) {
      expect(native).toBeDefined();
    }
    expect(createShareSigner(share).engine).toBe(native ? 'blst' : 'noble');
    for (const identity of ['', 'lit-accesscontrolcondition://a/b', 'ü'.repeat(300)]) {
      const signature = portable.sign(identity);
      expect(signature).toHaveLength(97);
      expect(signature[0]).toBe(3);
      if (native) expect(Buffer.from(native.sign(identity)).equals(signature)).toBe(true);
    }
  });
});
