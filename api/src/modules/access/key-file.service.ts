import { childrenOf, fileToDag, jsonBytes, parseCid, signStruct } from '@allod/protocol';
import type { KeyFile, KeyFileUpdates, SignedKeyFileUpdate } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { ChainPort } from '../../integrations/chain/chain.port.ts';
import { OperatorKeys } from '../../integrations/chain/operator-keys.ts';
import { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { AccessService } from './access.service.ts';
import { withoutItems } from './key-file.ts';

const DELETE = 'access.deleteKeyFile';
const DAG_PB = 0x70;

interface KeyFileRow {
  version: number;
  cid: string;
}

interface UpdateRow {
  id: string;
  dataset_id: string;
  version: number;
  contributor_ref: string;
  old_cid: string;
  new_cid: string;
  reason: number;
  signature: string | null;
  signer: string | null;
}

/** Key files of versions, and their replacement when items are withdrawn. */
@Injectable()
export class KeyFileService implements OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ChainPort) private readonly chain: ChainPort,
    @Inject(OperatorKeys) private readonly keys: OperatorKeys,
    @Inject(ContentStore) private readonly store: ContentStore,
    @Inject(OutboxService) private readonly outbox: OutboxService,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  onModuleInit(): void {
    this.registry.on<{ cid: string }>(DELETE, ({ cid }) => this.delete(cid));
  }

  /**
   * To be held by whoever freezes a version or withdraws from it, before they read: else a version that is being frozen could
   * carry the keys of an item that is being withdrawn.
   */
  async lock(manager: EntityManager, datasetId: string): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [datasetId.toLowerCase()]);
  }

  /** Stores a key file and remembers that its version uses it. @returns its CID */
  async put(manager: EntityManager, facts: Omit<KeyFile, 'v' | 'type' | 'chainId'>): Promise<string> {
    const file: KeyFile = { v: 1, type: 'allod/key-file', chainId: this.chain.chainId, ...facts };
    const cid = await this.write(file);
    await manager.query(
      `INSERT INTO key_file (dataset_id, version, contributor_ref, cid) VALUES ($1, $2, $3, $4)
       ON CONFLICT (dataset_id, version, contributor_ref) DO UPDATE SET cid = $4`,
      [facts.datasetId.toLowerCase(), facts.version, facts.contributorRef, cid],
    );
    return cid;
  }

  /**
   * Replaces every key file of a contributor that holds one of these items by one without them, and deletes the old file here. The
   * items' wrapped keys must be gone from the tables already. @returns how many files were replaced
   */
  async withdraw(
    manager: EntityManager,
    owner: { datasetId: string; contributorRef: string },
    contributionIds: readonly string[],
    reason: number,
  ): Promise<number> {
    const gone = new Set(contributionIds.map((id) => id.toLowerCase()));
    const rows: KeyFileRow[] = await manager.query(
      'SELECT version, cid FROM key_file WHERE dataset_id = $1 AND contributor_ref = $2 ORDER BY version',
      [owner.datasetId.toLowerCase(), owner.contributorRef],
    );
    let replaced = 0;
    for (const row of rows) {
      const old = (await this.read(row.cid)) ?? (await this.rebuild(manager, owner, row.version));
      if (!old.wraps.some((wrap) => gone.has(wrap.contributionId.toLowerCase()))) continue;
      const { v: _, type: __, chainId: ___, ...facts } = withoutItems(old, gone);
      const cid = await this.put(manager, facts);
      await manager.query(
        `INSERT INTO key_file_update (dataset_id, version, contributor_ref, old_cid, new_cid, reason)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [owner.datasetId.toLowerCase(), row.version, owner.contributorRef, row.cid, cid, reason],
      );
      await this.outbox.enqueue(manager, DELETE, row.cid, { cid: row.cid });
      replaced++;
    }
    return replaced;
  }

  /** Every update of a version's key files, oldest first. Signed when first asked for: the worker need not hold the receipt key. */
  async updatesOf(datasetId: string, version: number): Promise<KeyFileUpdates> {
    const rows: UpdateRow[] = await this.source.query(
      'SELECT * FROM key_file_update WHERE dataset_id = $1 AND version = $2 ORDER BY id',
      [datasetId.toLowerCase(), version],
    );
    const updates: SignedKeyFileUpdate[] = [];
    for (const row of rows) updates.push(await this.signed(row));
    return { v: 1, type: 'allod/key-file-updates', updates };
  }

  private async signed(row: UpdateRow): Promise<SignedKeyFileUpdate> {
    const update = {
      contributorRef: row.contributor_ref,
      datasetId: row.dataset_id,
      version: row.version,
      oldCid: row.old_cid,
      newCid: row.new_cid,
      reason: row.reason,
    };
    if (row.signature && row.signer) return { ...update, signature: row.signature, signer: row.signer };
    const wallet = this.keys.wallet('receipt');
    const signature = await signStruct(wallet, 'KeyFileUpdate', update, this.chain.chainId, this.chain.addresses);
    await this.source.query('UPDATE key_file_update SET signature = $2, signer = $3 WHERE id = $1', [
      row.id,
      signature,
      wallet.address,
    ]);
    return { ...update, signature, signer: wallet.address };
  }

  /** From what is still in the tables: at most what was in the file that is no longer in the store. */
  private async rebuild(
    manager: EntityManager,
    owner: { datasetId: string; contributorRef: string },
    version: number,
  ): Promise<KeyFile> {
    const ids: { id: string }[] = await manager.query(
      `SELECT contribution_id AS id FROM wrapped_key
       WHERE dataset_id = $1 AND contributor_ref = $2 AND kind = 'kek' AND intake <= $3`,
      [owner.datasetId.toLowerCase(), owner.contributorRef, version],
    );
    const keys = await this.access.keysOf(
      manager,
      owner,
      ids.map(({ id }) => id),
    );
    return { v: 1, type: 'allod/key-file', chainId: this.chain.chainId, ...owner, version, ...keys };
  }

  private async write(file: KeyFile): Promise<string> {
    const { root, leaves, blocks } = fileToDag(jsonBytes(file));
    for (const block of [...leaves, ...blocks]) await this.store.put(block.cid.toString(), block.bytes);
    return root.toString();
  }

  private async read(cid: string): Promise<KeyFile | undefined> {
    const parts: Uint8Array[] = [];
    for (const block of await this.blocksOf(cid)) {
      const bytes = await this.store.get(block);
      if (!bytes) return undefined;
      if (parseCid(block).code !== DAG_PB) parts.push(bytes);
    }
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as KeyFile;
  }

  /** CIDs of a file's blocks, depth first; what is not here is left out below its name. */
  private async blocksOf(cid: string): Promise<string[]> {
    if (parseCid(cid).code !== DAG_PB) return [cid];
    const node = await this.store.get(cid);
    const below = node ? childrenOf(node).map((child) => child.toString()) : [];
    return [cid, ...(await Promise.all(below.map((child) => this.blocksOf(child)))).flat()];
  }

  /** A file may be asked for again while it is replaced once more: one that a version uses stays. */
  private async delete(cid: string): Promise<void> {
    const used: unknown[] = await this.source.query('SELECT 1 FROM key_file WHERE cid = $1', [cid]);
    if (used.length > 0) return;
    for (const block of await this.blocksOf(cid)) await this.store.delete(block);
  }
}
