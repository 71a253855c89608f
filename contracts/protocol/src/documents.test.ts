import { describe, expect, it } from '@jest/globals';
import actors from '../vectors/actors.json' with { type: 'json' };
import vectors from '../vectors/documents.json' with { type: 'json' };
import sealed from '../vectors/sealed-keys.json' with { type: 'json' };
import { fromHex, toHex, uintBE } from './bytes.ts';
import { capTable, type CapTableLeaf } from './cap-table.ts';
import { contentDigest, fileToDag, parseCid, rootCid } from './content.ts';
import { labelSetRef } from './ids.ts';
import { canonicalJson, jsonBytes, jsonKeccak, jsonSha256 } from './json.ts';
import { sealedKeyHash } from './sealed-key.ts';
import type { CapTableFile, CapTableFileLeaf, DatasetMetadata, KeyFile, Manifest, RightsBundle } from './documents.ts';
import { unwrapDek, WRAPPED_DEK_SIZE } from './wrap.ts';

const metadata = vectors.metadata.document as unknown as DatasetMetadata;
const manifest = vectors.manifest.document as unknown as Manifest;
const keyFile = vectors.keyFile.document as unknown as KeyFile;
const table = vectors.capTable.document as unknown as CapTableFile;
const rights = vectors.rightsBundle.document as unknown as RightsBundle;

const entries = [vectors.metadata, vectors.manifest, vectors.keyFile, vectors.capTable, vectors.rightsBundle];

describe('documents', () => {
  it.each(entries)('have text, hash, CID and size: $cid', ({ document, canonicalText, sha256, cid, size }) => {
    expect(canonicalJson(document)).toBe(canonicalText);
    expect(canonicalJson(JSON.parse(canonicalText))).toBe(canonicalText);
    expect(jsonSha256(document)).toBe(sha256);
    expect(jsonBytes(document)).toHaveLength(size);
    expect(fileToDag(jsonBytes(document)).root.toString()).toBe(cid);
    expect(contentDigest(parseCid(cid))).toBe(sha256);
  });

  it('change their CID with any one digit', () => {
    for (const { canonicalText, cid } of entries) {
      for (const { index } of canonicalText.matchAll(/(?<=0x[a-f0-9]{10})[0-8]/g)) {
        const digit = String(Number(canonicalText[index]) + 1);
        const changed = canonicalText.slice(0, index) + digit + canonicalText.slice(index + 1);
        expect(fileToDag(jsonBytes(JSON.parse(changed))).root.toString()).not.toBe(cid);
      }
      const longer = { ...(JSON.parse(canonicalText) as object), note: '' };
      expect(fileToDag(jsonBytes(longer)).root.toString()).not.toBe(cid);
    }
  });

  it('take schemaHash from the schema', () => {
    expect(jsonKeccak(metadata.schema)).toBe(vectors.metadata.schemaHash);
  });

  it('point to each other by CID', () => {
    expect(manifest.keyFiles).toEqual([{ contributorRef: keyFile.contributorRef, cid: vectors.keyFile.cid }]);
    expect(manifest.capTable.cid).toBe(vectors.capTable.cid);
  });

  it('list items in order, each with its root', () => {
    const ids = manifest.items.map((item) => item.contributionId);
    expect(ids).toEqual([...ids].sort());
    for (const item of [...manifest.items, manifest.labelSet!]) {
      expect(rootCid(contentDigest(parseCid(item.cid)), item.size).toString()).toBe(item.cid);
      expect(fromHex(item.floeHeader)).toHaveLength(74);
    }
  });

  it('name the label set by the account of its job', () => {
    expect(manifest.labelSet!.contributorRef).toBe(labelSetRef(manifest.labelSet!.jobId));
  });

  it('carry a cap table whose trees have the roots of the manifest', () => {
    const parse = (leaf: CapTableFileLeaf): CapTableLeaf => ({
      ...leaf,
      weight: BigInt(leaf.weight),
      validUntil: BigInt(leaf.validUntil),
    });
    for (const [leaves, root] of [
      [table.contributor, manifest.capTable.contributorRoot],
      [table.other, manifest.capTable.otherRoot],
    ] as const) {
      const tree = capTable(leaves.map(parse));
      expect(toHex(uintBE(tree.root, 32))).toBe(root);
      expect(tree.leaves).toEqual(leaves.map(parse));
    }
  });

  it('carry keys that open every item of their contributor', () => {
    const kek = fromHex(sealed.records[0]!.sealedKey);
    expect(keyFile.sealed[0]!.record).toEqual(sealed.records[0]!.record);
    expect(sealedKeyHash(keyFile.sealed[0]!.record)).toBe(sealed.records[0]!.recordHash);
    expect(keyFile.wraps.map((wrap) => wrap.contributionId)).toEqual(manifest.items.map((item) => item.contributionId));
    for (const wrap of keyFile.wraps) {
      expect(fromHex(wrap.wrappedDek)).toHaveLength(WRAPPED_DEK_SIZE);
      expect(unwrapDek(kek, fromHex(wrap.wrappedDek), wrap.contributionId)).toHaveLength(32);
    }
  });

  it('give the licensee proof and hash of every item', () => {
    expect(rights.license['odrl:assignee']).toBe(actors.accounts.licensee.address);
    expect(rights.distribution.map((file) => file['@id'])).toEqual(manifest.items.map((item) => item.contributionId));
    for (const file of rights.distribution) {
      expect(contentDigest(parseCid(file.contentUrl.replace('ipfs://', '')))).toBe(`0x${file.sha256}`);
    }
  });
});
