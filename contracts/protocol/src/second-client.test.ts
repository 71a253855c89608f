import { createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import { computeAddress, keccak256 } from 'ethers';
import actors from '../vectors/actors.json' with { type: 'json' };
import capTable from '../vectors/cap-table.json' with { type: 'json' };
import conditions from '../vectors/conditions.json' with { type: 'json' };
import content from '../vectors/content.json' with { type: 'json' };
import tree from '../vectors/contribution-tree.json' with { type: 'json' };
import documents from '../vectors/documents.json' with { type: 'json' };
import floe from '../vectors/floe.json' with { type: 'json' };
import ids from '../vectors/ids.json' with { type: 'json' };
import keys from '../vectors/keys.json' with { type: 'json' };
import purchases from '../vectors/purchase-nonce.json' with { type: 'json' };
import recordCore from '../vectors/record-core.json' with { type: 'json' };
import sealed from '../vectors/sealed-keys.json' with { type: 'json' };
import typed from '../vectors/typed-data.json' with { type: 'json' };
import wrapped from '../vectors/wrapped-dek.json' with { type: 'json' };

/**
 * A second reading of infra/decisions/0001-formats.md that shares no code with this package: what a client of another team
 * would write. It imports the vectors and primitives only.
 */

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/^0x/, ''), 'hex');
const hex = (data: Uint8Array): string => `0x${Buffer.from(data).toString('hex')}`;
const cat = (...parts: (Uint8Array | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));
const keccak = (...parts: (Uint8Array | string)[]): Buffer => bytes(keccak256(cat(...parts)));
const sha256 = (...parts: (Uint8Array | string)[]): Buffer =>
  createHash('sha256')
    .update(cat(...parts))
    .digest();
const uint = (value: bigint | number | string, bits: number): Buffer =>
  bytes(
    BigInt(value)
      .toString(16)
      .padStart(bits / 4, '0'),
  );
const hkdf = (key: Uint8Array, info: Uint8Array, n = 32): Buffer =>
  Buffer.from(hkdfSync('sha256', key, new Uint8Array(), info, n));

/** One value as a word of the ABI: numbers and addresses to the right, bytes32 as they are. */
const word = (value: string | number): Buffer =>
  typeof value === 'string' && value.startsWith('0x')
    ? cat(new Uint8Array(34 - value.length / 2 - 1), bytes(value))
    : uint(value, 256);
const id = (name: string, ...parts: (string | number)[]): string =>
  hex(keccak(keccak(`allod.${name}.v1`), ...parts.map(word)));

/** RFC 8785 for values without exotic numbers. */
function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${jcs(field)}`).join(',')}}`;
}

describe('a second client, from the written decision alone', () => {
  it('section 3: ids', () => {
    for (const v of ids.datasetId) {
      expect(id('dataset', v.input.chainId, v.input.datasetRegistry, v.input.curator, v.input.salt)).toBe(v.datasetId);
    }
    for (const v of ids.offerId) expect(id('offer', v.input.datasetId, v.input.offerIndex)).toBe(v.offerId);
    for (const v of ids.licenseId) expect(id('license', v.input.licensee, v.input.offerId)).toBe(v.licenseId);
    for (const v of ids.jobId) {
      const { chainId, labelEscrow, datasetId, requester, salt } = v.input;
      expect(id('job', chainId, labelEscrow, datasetId, requester, salt)).toBe(v.jobId);
      expect(`0x${v.jobId.slice(-40)}`).toBe(v.labelSetRef);
    }
    for (const v of ids.packId) {
      const { datasetId, contributorRef, consentHash, intake, packIndex } = v.input;
      expect(id('pack', datasetId, contributorRef, consentHash, intake, packIndex)).toBe(v.packId);
    }
    for (const v of ids.contributionId) {
      const { contributorRef, datasetId, salt, index } = v.input;
      expect(id('contribution', contributorRef, datasetId, salt, index)).toBe(v.contributionId);
    }
    for (const v of ids.taskId) expect(id('task', v.input.jobId, v.input.contributionId)).toBe(v.taskId);
  });

  it('section 4: contributor keys', () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const chain = uint(keys.chainId, 256);
    for (const v of keys.refs) {
      const seed = hkdf(bytes(keys.seed), cat('allod/ref-seed', chain, bytes(v.datasetId)));
      expect(hex(seed)).toBe(v.refSeed);
      const secret = (BigInt(hex(hkdf(seed, cat('allod/ref-key'), 48))) % (order - 1n)) + 1n;
      expect(computeAddress(hex(uint(secret, 256))).toLowerCase()).toBe(v.contributorRef);
    }
    const { refSeed, datasetId } = keys.refs[0]!;
    for (const v of keys.kekChains) {
      const found: Record<number, string> = {};
      let kek = hkdf(bytes(refSeed), cat('allod/kek', chain, bytes(datasetId), bytes(v.consentHash)));
      for (let i = 1023; i >= 1; i--) {
        found[i] = hex(kek);
        kek = hkdf(kek, cat('allod/kek/down'));
      }
      for (const { index, kek: expected } of v.keks) expect(found[index]).toBe(expected);
    }
    const { kek, packId, labelKey } = keys.labelKey;
    expect(hex(hkdf(bytes(kek), cat('allod/label', bytes(packId))))).toBe(labelKey);
  });

  it('section 6: signed messages', () => {
    const domainType = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';
    for (const v of [...typed.structs, ...typed.consentsUnderOneNonce]) {
      const value = v.value as Record<string, string>;
      const fields = v.encodeType.slice(v.encodeType.indexOf('(') + 1, -1).split(',');
      const encoded = fields.map((field) => {
        const [type, name] = field.split(' ') as [string, string];
        const given = value[name] as string;
        if (type === 'string') return keccak(given);
        return type === 'bytes' ? keccak(bytes(given)) : word(given);
      });
      const struct = keccak(keccak(v.encodeType), ...encoded);
      const contract = actors.contracts[v.verifyingContract as 'ConsentRegistry'];
      const domain = keccak(keccak(domainType), keccak('Allod'), keccak('1'), word(actors.chainId), word(contract));
      expect(hex(struct)).toBe(v.hashStruct);
      expect(hex(keccak(bytes('1901'), domain, struct))).toBe(v.digest);
    }
  });

  it('section 7: contribution tree', () => {
    for (const v of tree.trees) {
      v.leaves.forEach((leaf, index) => {
        expect(hex(keccak(bytes('00'), bytes(tree.contributions[index]!.hashStruct)))).toBe(leaf);
        const root = v.proofs[index]!.reduce(
          (node, sibling, k) =>
            (index >> k) & 1 ? keccak(bytes('01'), bytes(sibling), node) : keccak(bytes('01'), node, bytes(sibling)),
          bytes(leaf),
        );
        expect(hex(root)).toBe(v.root);
      });
    }
  });

  it('sections 8, 9 and 11: associated data, content, wrapped DEK', () => {
    const [core] = recordCore.cores;
    expect(hex(sha256(jcs(core!.core)))).toBe(core!.aad);

    const [message] = floe.messages;
    const [header, body, aad] = [bytes(message!.header), bytes(message!.body), bytes(message!.aad)];
    const kdf = (key: Uint8Array, purpose: Uint8Array | string, n: number) =>
      createHmac('sha384', key)
        .update(cat(header.subarray(0, 42), purpose, aad, bytes('01')))
        .digest()
        .subarray(0, n);
    const gcm = (key: Uint8Array, iv: Uint8Array, sealedBytes: Buffer, data: Uint8Array) => {
      const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(data).setAuthTag(sealedBytes.subarray(-16));
      return cat(decipher.update(sealedBytes.subarray(0, -16)), decipher.final());
    };
    const dek = bytes(message!.dek);
    expect(hex(header.subarray(0, 10))).toBe('0x00000010000000000020');
    expect(hex(kdf(dek, 'HEADER_TAG:', 32))).toBe(hex(header.subarray(42)));
    const segmentKey = kdf(kdf(dek, 'MESSAGE_KEY:', 48), cat('DEK:', uint(0, 64)), 32);
    expect(body.readUInt32BE(0)).toBe(body.length);
    const plain = gcm(segmentKey, body.subarray(4, 16), body.subarray(16), cat(uint(0, 64), bytes('01')));
    expect(hex(plain)).toBe(message!.plain);

    for (const v of wrapped.wraps) {
      const data = bytes(v.wrapped);
      expect(hex(gcm(bytes(v.key), data.subarray(0, 12), data.subarray(12), bytes(v.contributionId)))).toBe(v.dek);
    }
  });

  it('section 10: content addresses', () => {
    const base32 = (data: Uint8Array) => {
      const bits = [...data].map((byte) => byte.toString(2).padStart(8, '0')).join('');
      return (bits.match(/.{1,5}/g) ?? [])
        .map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[parseInt(five.padEnd(5, '0'), 2)])
        .join('');
    };
    const cid = (codec: number, digest: Uint8Array) => Buffer.from([1, codec, 0x12, 32, ...digest]);
    const varint = (value: number): number[] =>
      value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
    const field = (number: number, data: Uint8Array) =>
      cat(Buffer.from([number * 8 + 2, ...varint(data.length)]), data);

    const { text, files } = content;
    expect(`b${base32(cid(0x55, sha256(text.utf8)))}`).toBe(text.root);
    const leaves = [Buffer.alloc(content.leafSize, 0), Buffer.alloc(1, 1)];
    const links = leaves.map((leaf) =>
      field(2, cat(field(1, cid(0x55, sha256(leaf))), Buffer.from([0x12, 0, 0x18, ...varint(leaf.length)]))),
    );
    const sizes = leaves.map((leaf) => Buffer.from([0x20, ...varint(leaf.length)]));
    const total = leaves.reduce((sum, leaf) => sum + leaf.length, 0);
    const data = field(1, cat(Buffer.from([0x08, 2, 0x18, ...varint(total)]), ...sizes));
    const node = cat(...links, data);
    expect(hex(node)).toBe(files[2]!.rootBlock);
    expect(`b${base32(cid(0x70, sha256(node)))}`).toBe(files[2]!.root);
  });

  it('sections 12, 13 and 14: conditions, seals and records', () => {
    for (const v of conditions.conditions) {
      const terms = v.terms as unknown as Record<string, string>;
      const names = v.function === 'canDecrypt' ? conditions.canDecryptInputs : conditions.canLabelInputs;
      const params = names.map(({ name }) => (name === 'user' ? ':userAddress' : terms[name]));
      const inputs = names.map(({ name, type }) => `{"name":"${name}","type":"${type}"}`).join(',');
      const text =
        `[{"contractAddress":"${terms['accessPolicy']}","functionName":"${v.function}","functionParams":${JSON.stringify(params)},` +
        `"functionAbi":{"name":"${v.function}","inputs":[${inputs}],"outputs":[{"name":"allowed","type":"bool"}],"constant":true,` +
        `"stateMutability":"view"},"chain":"${terms['chain']}","returnValueTest":{"key":"allowed","comparator":"=","value":"true"}}]`;
      expect(text).toBe(v.canonicalText);
      const [conditionsHash, dataHash] = [sha256(text), sha256(bytes(v.sealedKey))].map((hash) => hash.toString('hex'));
      expect(`lit-accesscontrolcondition://${conditionsHash}/${dataHash}`).toBe(v.identity);
    }

    const { G1, G2 } = bls;
    for (const v of sealed.records) {
      expect(hex(sha256(jcs(v.record)))).toBe(v.recordHash);
      v.record.seals.forEach((seal, i) => {
        const [one, two] = v.shares[i]!.map((share) => G2.Point.fromHex(share.signature.slice(2)));
        const signature = one!.multiply(2n).subtract(two!);
        const data = Buffer.from(seal.ciphertext, 'base64');
        const shared = bls.fields.Fp12.toBytes(bls.pairing(G1.Point.fromBytes(data.subarray(0, 48)), signature));
        const alpha = data.subarray(48, 80).map((byte, k) => byte ^ sha256(shared)[k]!);
        const mask = createHash('shake128', { outputLength: data[80]! }).update(alpha).digest();
        const opened = data.subarray(81, -1).map((byte, k) => byte ^ mask[k]!);
        expect([data.length, data.at(-1), opened[0]]).toEqual([115, 2, 32]);
        expect(hex(opened.subarray(1))).toBe(v.sealedKey);
      });
    }
  });

  it('section 15: cap tables', () => {
    const cut = (hash: Uint8Array, weight: bigint) => cat(hash.subarray(0, 27), uint(weight, 40));
    const weightOf = (node: Uint8Array) => BigInt(hex(node.subarray(27)));
    for (const v of capTable.tables) {
      expect([...v.leaves].map((leaf) => leaf.word).sort()).toEqual(v.leaves.map((leaf) => leaf.word));
      v.leaves.forEach((leaf, index) => {
        const packed = [
          uint(leaf.role, 8),
          bytes(leaf.account),
          uint(leaf.weight, 40),
          uint(leaf.validUntil, 40),
          uint(leaf.consentNonce, 32),
        ];
        const start = cut(keccak(bytes('00'), ...packed), BigInt(leaf.weight));
        expect(hex(start)).toBe(leaf.word);
        const root = leaf.proof.reduce((node, sibling, k) => {
          const pair = (index >> k) & 1 ? [bytes(sibling), node] : [node, bytes(sibling)];
          return cut(keccak(bytes('01'), ...pair), weightOf(node) + weightOf(bytes(sibling)));
        }, start);
        expect(hex(root)).toBe(v.root);
      });
    }
    for (const { raw, total, scaled } of capTable.scaling) {
      const weights = raw.map(BigInt);
      const [sum, cap] = [weights.reduce((a, b) => a + b, 0n), BigInt(total)];
      if (sum <= cap) {
        expect(scaled).toEqual(raw);
        continue;
      }
      const shares = weights.map((w, i) => ({ i, floor: (w * cap) / sum, rest: (w * cap) % sum }));
      const missing = cap - shares.reduce((a, { floor }) => a + floor, 0n);
      const lucky = [...shares]
        .sort((a, b) => Number(b.rest > a.rest) - Number(b.rest < a.rest) || a.i - b.i)
        .slice(0, Number(missing));
      expect(shares.map((share) => String(share.floor + (lucky.includes(share) ? 1n : 0n)))).toEqual(scaled);
    }
  });

  it('sections 16, 17 and 18: purchase nonce, commitment, documents', () => {
    for (const { input: p, nonce } of purchases.purchases) {
      const terms = [p.offerIndex, p.slot, p.version, p.maxPrice, p.maxWithdrawnBps, p.salt];
      expect(id('purchase', p.chainId, p.vault, p.licensee, p.datasetId, ...terms)).toBe(nonce);
    }
    for (const { input: a, commitment } of ids.annotation) {
      expect(hex(keccak(a.value))).toBe(a.valueHash);
      expect(id('annotation', a.jobId, a.taskId, a.labeler, a.valueHash, a.salt)).toBe(commitment);
    }
    for (const v of [
      documents.metadata,
      documents.manifest,
      documents.keyFile,
      documents.capTable,
      documents.rightsBundle,
    ]) {
      expect(jcs(v.document)).toBe(v.canonicalText);
      expect(hex(sha256(jcs(v.document)))).toBe(v.sha256);
    }
  });
});
