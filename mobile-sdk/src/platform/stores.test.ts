import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { memoryPlatform } from './memory.ts';
import { FileStore } from './node/fileStore.ts';
import { nodePlatform } from './node/platform.ts';
import type { ResumeStore } from './ports.ts';
import { sealedStoreOf } from './sealedStore.ts';

const folder = await mkdtemp(join(tmpdir(), 'allod-sdk-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
let count = 0;
const stores: [string, () => ResumeStore][] = [
  ['memory', () => memoryPlatform().resumeStore],
  ['files', () => nodePlatform(join(folder, `store-${count++}`)).resumeStore],
];

describe.each(stores)('resume store in %s', (_, create) => {
  it('gives back what was put, and a copy of it', async () => {
    const store = create();
    const value = bytes('value');
    await store.put('a/b', value);
    value[0] = 0;
    expect(await store.get('a/b')).toEqual(bytes('value'));
    expect(await store.get('a')).toBeUndefined();
    await store.put('a/b', bytes('other'));
    expect(await store.get('a/b')).toEqual(bytes('other'));
  });

  it('lists keys by prefix, sorted, and forgets what is deleted', async () => {
    const store = create();
    for (const key of ['batch/2', 'batch/1', 'spool/1/x', 'spool/10/y']) await store.put(key, bytes(key));
    expect(await store.list('batch/')).toEqual(['batch/1', 'batch/2']);
    expect(await store.list('spool/1/')).toEqual(['spool/1/x']);
    expect(await store.list('')).toHaveLength(4);
    await store.delete('batch/1');
    await store.delete('never there');
    expect(await store.list('batch/')).toEqual(['batch/2']);
    expect(await store.list('nothing/')).toEqual([]);
  });

  it('may use the memory it is given, and gives a part of a value where it can', async () => {
    const store = create();
    await store.put('a', bytes('0123456789'));
    const memory = new Uint8Array(16);
    expect(await store.get('a', memory)).toEqual(bytes('0123456789'));
    expect(await store.get('a', new Uint8Array(3))).toEqual(bytes('0123456789'));
    if (!store.getPart) return;
    expect(await store.getPart('a', 2, 5, memory)).toEqual(bytes('234'));
    expect(await store.getPart('a', 8, 99)).toEqual(bytes('89'));
    expect(await store.getPart('a', 99, 100)).toEqual(bytes(''));
    expect(await store.getPart('missing', 0, 1)).toBeUndefined();
  });

  it('takes any key as a name', async () => {
    const store = create();
    const keys = ['..', '../../etc/passwd', 'a b/ü', '.hidden', 'x/../y', 'con:nul?*'];
    for (const key of keys) await store.put(key, bytes(key));
    for (const key of keys) expect(await store.get(key)).toEqual(bytes(key));
    expect(await store.list('')).toEqual([...keys].sort());
  });
});

describe('FileStore', () => {
  it('writes files that only the owner reads, and nothing outside its folder', async () => {
    const root = join(folder, 'modes', 'inner');
    const store = new FileStore(root);
    await store.put('../../escape', bytes('x'));
    await store.put('secret', bytes('y'));
    expect((await stat(join(root, 'secret.bin'))).mode & 0o777).toBe(0o600);
    expect((await stat(root)).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, 'modes'))).toEqual(['inner']);
  });

  it('shows a value that is written piece by piece when it is finished, and nothing of one that is not', async () => {
    const root = join(folder, 'pieces');
    const store = new FileStore(root);
    const writer = store.writer('spool/pack');
    await writer.append(bytes('one '));
    await writer.append(bytes('two'));
    expect(await store.get('spool/pack')).toBeUndefined();
    expect(await store.list('')).toEqual([]);
    await writer.finish();
    await writer.discard();
    expect(await store.get('spool/pack')).toEqual(bytes('one two'));
    const given = store.writer('spool/other');
    await given.append(bytes('half'));
    await given.discard();
    expect(await readdir(join(root, 'spool'))).toEqual(['pack.bin']);
    const empty = store.writer('spool/empty');
    await empty.finish();
    expect(await store.get('spool/empty')).toEqual(bytes(''));
  });

  it('below the encryption at rest: only ciphertext is written piece by piece', () => {
    const platform = nodePlatform(join(folder, 'sealed'));
    const sealed = sealedStoreOf(platform);
    expect(() => sealed.writer!('batch/1')).toThrow('would rest in clear');
    expect(() => sealed.getPart!('batch/1', 0, 1)).toThrow('would rest in clear');
    expect(sealedStoreOf(memoryPlatform()).writer).toBeUndefined();
  });

  it('leaves no temporary file and ignores one that a crash left', async () => {
    const root = join(folder, 'crash');
    const store = new FileStore(root);
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.put('same', bytes(String(i)))));
    expect(await readdir(root)).toEqual(['same.bin']);
    expect(await store.list('')).toEqual(['same']);
  });
});
