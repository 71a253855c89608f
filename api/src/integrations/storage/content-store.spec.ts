import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { CID, rawCid } from '@allod/protocol';
import { shouldBehaveLikeContentStore } from '../../testing/content-store.contract.ts';
import { carBlock, carHeader } from './car.ts';
import { FakeStore } from './content-store.fake.ts';
import { StoreFullError } from './content-store.port.ts';
import { FlatStore } from './flat-store.adapter.ts';
import { KuboStore } from './kubo.adapter.ts';

const root = mkdtempSync(join(tmpdir(), 'allod-test-store-'));
afterAll(() => rm(root, { recursive: true, force: true }));

shouldBehaveLikeContentStore('the fake', () => new FakeStore());
shouldBehaveLikeContentStore('the flat store', () => new FlatStore(root));

const kubo = process.env['TEST_IPFS_RPC_URL'];
if (kubo) shouldBehaveLikeContentStore('kubo', () => new KuboStore(kubo));
else {
  console.log(
    'SKIPPED: the kubo adapter against the content store contract, because TEST_IPFS_RPC_URL names no daemon',
  );
  describe.skip('kubo as a content store', () => it('needs a daemon: TEST_IPFS_RPC_URL', () => undefined));
}

describe('the flat store', () => {
  it('survives a new process and leaves no temporary file', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const cid = rawCid(bytes).toString();
    await new FlatStore(root).put(cid, bytes);
    expect(await new FlatStore(root).has([cid])).toEqual(new Set([cid]));
    expect(readdirSync(root, { recursive: true }).filter((file) => String(file).endsWith('.tmp'))).toEqual([]);
  });

  it('sweeps away what a write left that a crash cut short an hour ago, and no write that may still go on', async () => {
    const store = new FlatStore(root);
    const bytes = new Uint8Array([4, 5, 6]);
    const cid = rawCid(bytes).toString();
    await store.put(cid, bytes);
    const folder = join(root, cid.slice(-3, -1));
    const [old, young] = ['a', 'b'].map((digit) => join(folder, `.${digit.repeat(16)}.tmp`)) as [string, string];
    for (const path of [old, young]) writeFileSync(path, 'half');
    utimesSync(old, 0, Date.now() / 1000 - 7_200);
    expect(await store.sweep()).toBe(1);
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
    expect(await store.has([cid])).toEqual(new Set([cid]));
    rmSync(young);
  });

  it('takes no name that is not a CID', async () => {
    await expect(new FlatStore(root).put('../../etc/passwd', new Uint8Array([1]))).rejects.toThrow('CID');
  });
});

/** A file system of a few blocks, or why there cannot be one here. */
function smallDisk(): { folder: string } | { skipped: string } {
  const folder = join(root, 'small');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return { skipped: 'no tmpfs can be mounted by this user' };
  }
  return { folder };
}

describe('the flat store on a full disk', () => {
  const disk = process.platform === 'linux' ? smallDisk() : { skipped: 'tmpfs is Linux only' };
  if ('skipped' in disk) {
    console.log(`SKIPPED: the flat store on a full disk, because ${disk.skipped}`);
    return it.skip('needs a small tmpfs', () => undefined);
  }
  afterAll(() => void execFileSync('umount', [disk.folder]));

  it('says so, keeps what it acknowledged and nothing else, and goes on when there is room', async () => {
    const store = new FlatStore(disk.folder);
    const kept: { cid: string; bytes: Uint8Array }[] = [];
    const attempt = async () => {
      const bytes = new Uint8Array(randomBytes(1 << 20));
      const one = { cid: rawCid(bytes).toString(), bytes };
      await store.put(one.cid, bytes);
      kept.push(one);
    };
    const together = await Promise.allSettled(Array.from({ length: 5 }, attempt));
    expect(together.some((one) => one.status === 'rejected')).toBe(true);
    for (const one of together) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(StoreFullError);
    const fill = async () => {
      for (;;) await attempt();
    };
    await expect(fill()).rejects.toThrow(StoreFullError);
    for (const { cid, bytes } of kept) expect(Buffer.from((await store.get(cid))!).equals(bytes)).toBe(true);
    const files = readdirSync(disk.folder, { recursive: true }).filter((name) => String(name).length > 10);
    expect(files).toHaveLength(kept.length);
    await store.delete(kept[0]!.cid);
    await attempt();
  });
});

describe('CAR framing', () => {
  it('writes the CARv1 header of one root and length-prefixed blocks', () => {
    const bytes = new Uint8Array([9]);
    const cid = rawCid(bytes);
    const header = Buffer.from(carHeader(cid));
    expect(header[0]).toBe(header.length - 1);
    expect(header.subarray(1, 8).toString('hex')).toBe(`a265${Buffer.from('roots').toString('hex')}`);
    const block = Buffer.from(carBlock(cid, bytes));
    expect(block[0]).toBe(cid.bytes.length + 1);
    expect(CID.decode(block.subarray(1, 1 + cid.bytes.length)).toString()).toBe(cid.toString());
  });
});
