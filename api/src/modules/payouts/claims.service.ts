import { capTable, capTableProof, toHex, uintBE } from '@allod/protocol';
import type { CapTable } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { ClaimProof } from '../../common/graphql/schema.generated.ts';
import { ChainPort } from '../../integrations/chain/chain.port.ts';
import { CapLeafEntity } from './cap-leaf.entity.ts';

const MAX_CACHED_TABLES = 16;

/** What an account can claim, with proofs from the published tables and amounts from the vault. */
@Injectable()
export class ClaimsService {
  private readonly tables = new Map<string, CapTable>();

  constructor(
    @Inject(ChainPort) private readonly chain: ChainPort,
    @InjectRepository(CapLeafEntity) private readonly leaves: Repository<CapLeafEntity>,
  ) {}

  async claims(account: string): Promise<ClaimProof[]> {
    const mine = await this.leaves.find({
      where: { account },
      order: { datasetId: 'ASC', version: 'ASC', tree: 'ASC', position: 'ASC' },
    });
    return Promise.all(mine.map((leaf) => this.proofOf(leaf)));
  }

  private async proofOf(leaf: CapLeafEntity): Promise<ClaimProof> {
    const table = await this.tableOf(leaf);
    const call = { contract: 'LicenseVault' as const, args: [leaf.datasetId, leaf.version, onChain(leaf)] };
    const [state, due] = await Promise.all([
      this.chain.read<{ paid: bigint } & unknown[]>({ ...call, method: 'leafStateOf' }),
      this.chain.read<bigint>({ ...call, method: 'dueOf' }),
    ]);
    return {
      datasetId: leaf.datasetId,
      version: leaf.version,
      role: leaf.role,
      account: leaf.account,
      weight: leaf.weight,
      validUntil: leaf.validUntil,
      consentNonce: Number(leaf.consentNonce),
      index: leaf.position,
      proof: capTableProof(table, leaf.position).map((word) => toHex(uintBE(word, 32))),
      claimed: state.paid.toString(),
      due: due.toString(),
    };
  }

  /** Published tables never change, so the last few stay built. */
  private async tableOf({ datasetId, version, tree }: CapLeafEntity): Promise<CapTable> {
    const key = `${datasetId}:${version}:${tree}`;
    const known = this.tables.get(key);
    if (known) return known;
    const rows = await this.leaves.find({ where: { datasetId, version, tree }, order: { position: 'ASC' } });
    const table = capTable(
      rows.map((row) => ({
        ...row,
        weight: BigInt(row.weight),
        validUntil: BigInt(row.validUntil),
        consentNonce: Number(row.consentNonce),
      })),
    );
    if (this.tables.size >= MAX_CACHED_TABLES) this.tables.delete(this.tables.keys().next().value!);
    this.tables.set(key, table);
    return table;
  }
}

const onChain = (leaf: CapLeafEntity) => [
  leaf.role,
  leaf.account,
  BigInt(leaf.weight),
  BigInt(leaf.validUntil),
  Number(leaf.consentNonce),
];
