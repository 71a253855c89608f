import type { KeyFileWrap, ManifestItem, SealedKek, SignedKeyRecord } from '@allod/protocol';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** What labeling knows about the items of one closed intake. */
export interface LabelSet {
  /** Contributions whose labels are final. What is not named here was not in any job: it stays `unchecked`. */
  verdicts: Map<string, 'VALIDATED' | 'REJECTED' | 'PENDING'>;
  /** Labelers' raw weights in the OTHER tree, any scale. */
  labelers: { account: string; weight: bigint }[];
  /** Hash of the published scorer, `none` without labels. */
  scorerHash: string;
  /** The encrypted label set as one more contribution, with the keys that its key file lists; null without labels. */
  item: {
    manifest: ManifestItem & { jobId: string; count: number };
    sealed: SignedKeyRecord<SealedKek>;
    wrap: KeyFileWrap;
  } | null;
}

/** Implemented by labeling; asked once per `versionPrepare`, in its transaction. */
export interface LabelSetProvider {
  labelSetOf(datasetId: string, intake: number, manager: EntityManager): Promise<LabelSet>;
}

const NO_LABELS: LabelSet = { verdicts: new Map(), labelers: [], scorerHash: 'none', item: null };

/** Where labeling plugs in, so that datasets need not know it. */
@Injectable()
export class LabelSets {
  private provider: LabelSetProvider | undefined;

  use(provider: LabelSetProvider): void {
    this.provider = provider;
  }

  of(datasetId: string, intake: number, manager: EntityManager): Promise<LabelSet> {
    return this.provider?.labelSetOf(datasetId, intake, manager) ?? Promise.resolve(NO_LABELS);
  }
}
