import { childrenOf, fileToDag, jsonBytes, parseCid } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { ContentStore } from '../../integrations/storage/content-store.port.ts';

const DAG_PB = 0x70;

/** Canonical JSON documents in the content store: manifests, key files, cap tables, dataset metadata. */
@Injectable()
export class DocumentsService {
  constructor(@Inject(ContentStore) private readonly store: ContentStore) {}

  /** Stores RFC 8785 bytes and resolves to their CID. */
  async put(document: unknown): Promise<string> {
    const { root, leaves, blocks } = fileToDag(jsonBytes(document));
    for (const block of [...leaves, ...blocks]) await this.store.put(block.cid.toString(), block.bytes);
    return root.toString();
  }

  /** Undefined when a block of it is not here or it is not JSON. */
  async get<T>(cid: string): Promise<T | undefined> {
    try {
      const bytes = await this.read(cid);
      return bytes && (JSON.parse(bytes.toString('utf8')) as T);
    } catch {
      return undefined;
    }
  }

  private async read(text: string): Promise<Buffer | undefined> {
    const cid = parseCid(text);
    const block = await this.store.get(cid.toString());
    if (!block || cid.code !== DAG_PB) return block && Buffer.from(block);
    const parts = await Promise.all(childrenOf(block).map((child) => this.read(child.toString())));
    return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined;
  }
}
