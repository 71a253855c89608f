import { create } from 'ipfs-http-client';
import type { KuboRPCClient } from 'ipfs-http-client';
import { CID } from '@allod/protocol';
import { ContentStore } from './content-store.port.ts';

/** Blocks in a Kubo node, over its RPC; `offline` keeps reads from asking the network. */
export class KuboStore extends ContentStore {
  private readonly client: KuboRPCClient;

  constructor(url: string) {
    super();
    this.client = create({ url });
  }

  override async put(cid: string, bytes: Uint8Array): Promise<void> {
    const parsed = CID.parse(cid);
    const format = parsed.code === 0x55 ? 'raw' : 'dag-pb';
    const stored = await this.client.block.put(bytes, { format, mhtype: 'sha2-256', version: 1, pin: true });
    if (stored.toString() !== cid) throw new Error(`Kubo stored ${stored} instead of ${cid}`);
  }

  override async get(cid: string): Promise<Uint8Array | undefined> {
    if (!(await this.here(cid))) return undefined;
    return this.client.block.get(CID.parse(cid), { offline: true } as never);
  }

  override async has(cids: readonly string[]): Promise<Set<string>> {
    const found = await Promise.all(cids.map(async (cid) => ((await this.here(cid)) ? cid : undefined)));
    return new Set(found.filter((cid) => cid !== undefined));
  }

  override async delete(cid: string): Promise<void> {
    const parsed = CID.parse(cid);
    await this.client.pin.rm(parsed, { recursive: false }).catch(() => undefined);
    await this.client.pin.rm(parsed, { recursive: true }).catch(() => undefined);
    for await (const _ of this.client.block.rm(parsed, { force: true })) continue;
  }

  override async *list(): AsyncGenerator<string> {
    for await (const { cid } of this.client.pin.ls({ type: 'recursive' })) yield cid.toString();
  }

  private async here(cid: string): Promise<boolean> {
    try {
      await this.client.block.stat(CID.parse(cid), { offline: true } as never);
      return true;
    } catch {
      return false;
    }
  }
}
