import { Code } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { ExcludedContribution, IntakeClosed, VersionDraft } from '../../common/graphql/schema.generated.ts';
import { ChainPort } from '../../integrations/chain/chain.port.ts';
import { AccessService } from '../access/access.service.ts';
import { KeyFileService } from '../access/key-file.service.ts';
import { ContributionEntity } from '../contributions/contribution.entity.ts';
import { IntakeService } from '../contributions/intake.service.ts';
import { CandidateService } from './candidate.service.ts';
import type { FoundCandidate } from './candidate.service.ts';
import { DatasetEntity } from './dataset.entity.ts';
import { DocumentsService } from './documents.service.ts';
import { LabelSets } from './label-set.provider.ts';
import type { LabelSet } from './label-set.provider.ts';
import { buildManifest, capTableFile, manifestItem, wordHex } from './manifest.ts';
import { exclusionOf } from './selection.ts';
import { contributorTable, otherTable } from './weights.ts';

const MAX_VERSION = 1023;

interface Selection {
  included: FoundCandidate[];
  excluded: ExcludedContribution[];
}

/** Closes intakes and freezes them into versions, for the curator to publish. */
@Injectable()
export class VersionService {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ChainPort) private readonly chain: ChainPort,
    @Inject(IntakeService) private readonly intakes: IntakeService,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(KeyFileService) private readonly keyFiles: KeyFileService,
    @Inject(DocumentsService) private readonly documents: DocumentsService,
    @Inject(CandidateService) private readonly candidates: CandidateService,
    @Inject(LabelSets) private readonly labelSets: LabelSets,
  ) {}

  closeIntake(account: string, datasetId: string): Promise<IntakeClosed | Refusal> {
    return answer(() =>
      this.source.transaction(async (manager) => {
        await this.curated(manager, account, datasetId);
        const closed = await this.intakes.close(manager, datasetId);
        refuseUnless(closed < MAX_VERSION, Code.BAD_INPUT, `A dataset has at most ${MAX_VERSION} versions`);
        const items = await manager.countBy(ContributionEntity, { datasetId, intake: closed });
        refuseUnless(items > 0, Code.INTAKE_EMPTY, `Intake ${closed} holds nothing yet`);
        return { datasetId, closed, open: closed + 1 };
      }),
    );
  }

  /** Can be asked again until the version is published: the same state gives the same CIDs. */
  prepare(account: string, datasetId: string): Promise<VersionDraft | Refusal> {
    return answer(() =>
      this.source.transaction(async (manager) => {
        await this.keyFiles.lock(manager, datasetId);
        const dataset = await this.curated(manager, account, datasetId);
        const number = await this.nextVersion(manager, datasetId);
        const labels = await this.labelSets.of(datasetId, number, manager);
        const selection = await this.select(manager, dataset, number, labels);
        refuseUnless(selection.included.length > 0, Code.INTAKE_EMPTY, 'No contribution can go into this version', {
          excluded: selection.excluded.slice(0, 100),
        });
        return this.freeze(manager, dataset, number, selection, labels);
      }),
    );
  }

  private async curated(manager: EntityManager, account: string, datasetId: string): Promise<DatasetEntity> {
    const dataset = await manager.findOneBy(DatasetEntity, { id: datasetId });
    if (!dataset) return refuse(Code.UNKNOWN_DATASET, `Dataset ${datasetId} is not known here`);
    refuseUnless(dataset.curator === account, Code.NOT_CURATOR, `The curator is ${dataset.curator}`);
    return dataset;
  }

  private async nextVersion(manager: EntityManager, datasetId: string): Promise<number> {
    const latest = await this.chain.read<bigint>({
      contract: 'DatasetRegistry',
      method: 'latestVersion',
      args: [datasetId],
    });
    const number = Number(latest) + 1;
    const intake = await this.intakes.find(manager, datasetId);
    refuseUnless(intake && number < intake.openIntake, Code.BAD_INPUT, `Close intake ${number} first`);
    return number;
  }

  private async select(
    manager: EntityManager,
    dataset: DatasetEntity,
    number: number,
    labels: LabelSet,
  ): Promise<Selection> {
    const rules = {
      now: Math.floor(Date.now() / 1000),
      floorPrice: BigInt(dataset.floorPrice),
      purposes: dataset.purposes,
    };
    const selection: Selection = { included: [], excluded: [] };
    const found = await this.candidates.upTo(manager, dataset.id, number);
    const first = firstOfContent(found);
    for (const entry of found) {
      const { id, contentDigest } = entry.item;
      const contested = first.get(contentDigest) === id ? null : Code.CONTENT_CONTESTED;
      const reason = exclusionOf({ ...entry.candidate, verdict: labels.verdicts.get(id) }, rules) ?? contested;
      if (reason) selection.excluded.push({ contributionId: id, reason });
      else selection.included.push(entry);
    }
    return selection;
  }

  private async freeze(
    manager: EntityManager,
    dataset: DatasetEntity,
    version: number,
    { included, excluded }: Selection,
    labels: LabelSet,
  ): Promise<VersionDraft> {
    const contributor = contributorTable(included.map((found) => found.candidate));
    const other = otherTable(dataset.curator, labels.labelers);
    const capTableCid = await this.documents.put(capTableFile(dataset.id, version, contributor, other));
    const roots = { contributorRoot: wordHex(contributor.root), otherRoot: wordHex(other.root) };
    const manifest = buildManifest({
      chainId: this.chain.chainId,
      datasetRegistry: this.chain.addresses.DatasetRegistry,
      datasetId: dataset.id,
      version,
      parent: version - 1,
      items: included.map(({ item, validated }) =>
        manifestItem(item, dataset.mediaType, validated || labels.verdicts.get(item.id) === 'VALIDATED'),
      ),
      keyFiles: await this.putKeyFiles(manager, dataset.id, version, included, labels),
      capTable: { cid: capTableCid, ...roots },
      scorerHash: labels.scorerHash,
      labelSet: labels.item?.manifest ?? null,
    });
    const draft: VersionDraft = {
      number: version,
      manifestCid: await this.documents.put(manifest),
      capTableCid,
      ...roots,
      parent: version - 1,
      included: included.length,
      excluded,
    };
    await this.remember(manager, dataset.id, draft);
    return draft;
  }

  private async putKeyFiles(
    manager: EntityManager,
    datasetId: string,
    version: number,
    included: FoundCandidate[],
    labels: LabelSet,
  ) {
    const byOwner = Map.groupBy(included, (found) => found.item.contributorRef);
    const files: { contributorRef: string; cid: string }[] = [];
    for (const [contributorRef, items] of byOwner) {
      const ids = items.map((found) => found.item.id);
      const keys = await this.access.keysOf(manager, { datasetId, contributorRef }, ids);
      files.push({
        contributorRef,
        cid: await this.keyFiles.put(manager, { datasetId, contributorRef, version, ...keys }),
      });
    }
    if (labels.item) {
      const { manifest, sealed, wrap } = labels.item;
      const { contributorRef } = manifest;
      const cid = await this.keyFiles.put(manager, {
        datasetId,
        contributorRef,
        version,
        sealed: [sealed],
        wraps: [wrap],
      });
      files.push({ contributorRef, cid });
    }
    return files;
  }

  private async remember(manager: EntityManager, datasetId: string, draft: VersionDraft): Promise<void> {
    await manager.query(
      `INSERT INTO version_draft (dataset_id, number, manifest_cid, cap_table_cid, contributor_root, other_root, parent, included, excluded)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (dataset_id, number) DO UPDATE SET manifest_cid = $3, cap_table_cid = $4, contributor_root = $5,
         other_root = $6, parent = $7, included = $8, excluded = $9, created_at = now()`,
      [
        datasetId,
        draft.number,
        draft.manifestCid,
        draft.capTableCid,
        draft.contributorRoot,
        draft.otherRoot,
        draft.parent,
        draft.included,
        JSON.stringify(draft.excluded),
      ],
    );
  }
}

/** Two commits of one content at the same moment do not see each other; the earlier one counts. */
function firstOfContent(found: FoundCandidate[]): Map<string, string> {
  const first = new Map<string, string>();
  const byTime = [...found].sort((a, b) => a.item.committedAt.getTime() - b.item.committedAt.getTime());
  for (const { item } of byTime) if (!first.has(item.contentDigest)) first.set(item.contentDigest, item.id);
  return first;
}
