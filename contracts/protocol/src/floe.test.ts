import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import vectors from '../vectors/floe.json' with { type: 'json' };
import { withFixedRandomness } from '../scripts/fixed-randomness.ts';
import { bytesOf, flipBit } from '../test/arbitrary.ts';
import { concatBytes, equalBytes, fromHex, sha256, toHex, utf8 } from './bytes.ts';
import { fileToDag, LEAF_SIZE } from './content.ts';
import {
  FLOE,
  FLOE_HEADER_SIZE,
  FLOE_SEGMENT_OVERHEAD,
  FloeError,
  FloeMessage,
  floeOpen,
  floeSeal,
  type FloeParams,
} from './floe.ts';
import { contentAad } from './record-core.ts';

const hexFile = (name: string): Uint8Array<ArrayBuffer> => {
  const text = readFileSync(new URL(`../vectors/floe/${name}`, import.meta.url), 'utf8').trim();
  return new Uint8Array(Buffer.from(text, 'hex'));
};

/** Small segments and a rotation every 4 of them, so that a short message has many of both. */
const small: FloeParams = { segmentSize: 40, rotationBits: 2 };
const plainSize = small.segmentSize - FLOE_SEGMENT_OVERHEAD;
const segmentsOf = (body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] =>
  Array.from({ length: Math.ceil(body.length / small.segmentSize) }, (_, i) =>
    body.slice(i * small.segmentSize, (i + 1) * small.segmentSize),
  );
const messageOf = fc.record({
  key: bytesOf(32),
  aad: fc.uint8Array({ maxLength: 64 }),
  plain: fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
});

describe('FLOE known answers', () => {
  const { key, aad, files } = vectors.known;

  it('are 17', () => {
    expect(files).toHaveLength(17);
  });

  it.each(files)('open $ciphertext', async ({ ciphertext, plaintext, plainBytes, ...params }) => {
    const bytes = hexFile(ciphertext);
    const plain = await floeOpen(
      fromHex(key),
      utf8(aad),
      bytes.slice(0, FLOE_HEADER_SIZE),
      bytes.slice(FLOE_HEADER_SIZE),
      params,
    );
    expect(toHex(plain)).toBe(toHex(hexFile(plaintext)));
    expect(plain).toHaveLength(plainBytes);
  });
});

describe('FLOE with the parameters of Allod', () => {
  it('has them', () => {
    expect(FLOE).toEqual({ segmentSize: vectors.segmentSize, rotationBits: vectors.rotationBits });
    expect([FLOE_HEADER_SIZE, FLOE_SEGMENT_OVERHEAD]).toEqual([vectors.headerSize, vectors.segmentOverhead]);
    expect(vectors.params).toBe('0x00000010000000000020');
    expect(FLOE.segmentSize).toBe(LEAF_SIZE);
  });

  it.each(vectors.messages)('opens $name', async ({ dek, core, aad, plain, header, body }) => {
    expect(toHex(contentAad(core))).toBe(aad);
    expect(toHex(await floeOpen(fromHex(dek), contentAad(core), fromHex(header), fromHex(body)))).toBe(plain);
  });

  it('seals a message of two segments, one leaf each', async () => {
    const { dek, aad, header, firstSegmentNonce, firstSegmentSha256, secondSegment, size, rootCid } =
      vectors.twoSegments;
    const plain = new Uint8Array(LEAF_SIZE).fill(0x61);
    const sealed = await withFixedRandomness('floe long', () => floeSeal(fromHex(dek), fromHex(aad), plain));
    expect(toHex(sealed.header)).toBe(header);
    expect(sealed.body).toHaveLength(size);
    expect(toHex(sealed.body.subarray(4, 16))).toBe(firstSegmentNonce);
    expect(toHex(sha256(sealed.body.subarray(0, LEAF_SIZE)))).toBe(firstSegmentSha256);
    expect(toHex(sealed.body.subarray(LEAF_SIZE))).toBe(secondSegment);
    expect(fileToDag(sealed.body).root.toString()).toBe(rootCid);

    const message = FloeMessage.open(fromHex(dek), fromHex(aad), fromHex(header));
    const rest = await message.openSegment(1, fromHex(secondSegment), true);
    expect(toHex(rest)).toBe(`0x${'61'.repeat(FLOE_SEGMENT_OVERHEAD)}`);
    expect(equalBytes(await floeOpen(fromHex(dek), fromHex(aad), fromHex(header), sealed.body), plain)).toBe(true);
  });

  it('refuses a header of other parameters', () => {
    const bytes = hexFile('java_GCM256_IV256_64_ct.txt');
    expect(() => FloeMessage.open(new Uint8Array(32), utf8('This is AAD'), bytes.slice(0, FLOE_HEADER_SIZE))).toThrow(
      FloeError,
    );
  });
});

describe('FLOE', () => {
  it('opens what it seals, of every length', async () => {
    await fc.assert(
      fc.asyncProperty(messageOf, async ({ key, aad, plain }) => {
        const { header, body } = await floeSeal(key, aad, plain, small);
        const count = Math.max(1, Math.ceil(plain.length / plainSize));
        expect(body).toHaveLength(plain.length + count * FLOE_SEGMENT_OVERHEAD);
        expect(equalBytes(await floeOpen(key, aad, header, body, small), plain)).toBe(true);
      }),
    );
  });

  it('opens segments in any order', async () => {
    const plain = new Uint8Array(5 * plainSize + 3).map((_, i) => i);
    const key = new Uint8Array(32).fill(9);
    const { header, body } = await floeSeal(key, utf8('aad'), plain, small);
    const message = FloeMessage.open(key, utf8('aad'), header, small);
    for (const i of [5, 0, 4, 2]) {
      const opened = await message.openSegment(i, segmentsOf(body)[i]!, i === 5);
      expect(toHex(opened)).toBe(toHex(plain.subarray(i * plainSize, (i + 1) * plainSize)));
    }
  });

  it('does not open with one changed bit in key, AAD, header or body', async () => {
    await fc.assert(
      fc.asyncProperty(messageOf, fc.nat(), async ({ key, aad, plain }, at) => {
        const { header, body } = await floeSeal(key, aad, plain, small);
        const refused = (attempt: Promise<unknown>) => expect(attempt).rejects.toBeInstanceOf(FloeError);
        await refused(floeOpen(flipBit(key, at), aad, header, body, small));
        await refused(floeOpen(key, aad, flipBit(header, at), body, small));
        await refused(floeOpen(key, aad, header, flipBit(body, at), small));
        await refused(floeOpen(key, concatBytes(aad, new Uint8Array([0])), header, body, small));
        if (aad.length > 0) await refused(floeOpen(key, flipBit(aad, at), header, body, small));
      }),
    );
  });

  it('does not open with segments swapped, repeated, left out or taken from another message', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 9 }), fc.nat(), fc.nat(), async (count, one, two) => {
        const key = new Uint8Array(32).fill(3);
        const plain = new Uint8Array(count * plainSize - 1).map((_, i) => i);
        const { header, body } = await floeSeal(key, utf8('aad'), plain, small);
        const other = await floeSeal(key, utf8('aad'), plain, small);
        const segments = segmentsOf(body);
        const [a, b] = [one % count, two % count];
        const bodies = [
          ...(a === b ? [] : [segments.with(a, segments[b]!).with(b, segments[a]!)]),
          ...(a === b ? [] : [segments.with(a, segments[b]!)]),
          segments.toSpliced(a, 1),
          segments.slice(0, Math.max(1, a)),
          [...segments, segments[a]!],
          segments.with(a, segmentsOf(other.body)[a]!),
        ];
        for (const parts of bodies) {
          await expect(floeOpen(key, utf8('aad'), header, concatBytes(...parts), small)).rejects.toBeInstanceOf(
            FloeError,
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('does not open a body cut at any byte or longer by some', async () => {
    const key = new Uint8Array(32).fill(4);
    const { header, body } = await floeSeal(key, utf8('aad'), new Uint8Array(3 * plainSize + 2), small);
    for (let length = 0; length < body.length; length++) {
      await expect(floeOpen(key, utf8('aad'), header, body.slice(0, length), small)).rejects.toBeInstanceOf(FloeError);
    }
    for (const more of [1, 3, 4, 40]) {
      const longer = concatBytes(body, new Uint8Array(more));
      await expect(floeOpen(key, utf8('aad'), header, longer, small)).rejects.toBeInstanceOf(FloeError);
    }
  });

  it('refuses segments and keys of wrong lengths', async () => {
    const message = FloeMessage.create(new Uint8Array(32), utf8('aad'), small);
    await expect(message.sealSegment(0, new Uint8Array(plainSize - 1), false)).rejects.toBeInstanceOf(RangeError);
    await expect(message.sealSegment(0, new Uint8Array(plainSize + 1), true)).rejects.toBeInstanceOf(RangeError);
    for (const length of [0, 1, 3, 31, 41]) {
      await expect(message.openSegment(0, new Uint8Array(length), true)).rejects.toBeInstanceOf(FloeError);
      await expect(message.openSegment(0, new Uint8Array(length), false)).rejects.toBeInstanceOf(FloeError);
    }
    expect(() => FloeMessage.create(new Uint8Array(16), utf8('aad'))).toThrow(RangeError);
    expect(() => FloeMessage.open(new Uint8Array(32), utf8('aad'), new Uint8Array(73))).toThrow(FloeError);
  });
});
