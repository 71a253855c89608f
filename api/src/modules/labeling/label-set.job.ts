import {
  consentHash,
  contentAad,
  contributionId,
  fileToDag,
  floeSeal,
  jsonKeccak,
  labelSetRef,
  Purpose,
  sealedKeyHash,
  sealRecord,
  signStruct,
  toHex,
  utf8,
  wrapDek,
} from '@allod/protocol';
import type { SealedKek } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { getAddress, ZeroHash } from 'ethers';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { OperatorKeys } from '../../integrations/chain/operator-keys.ts';
import { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import type { LabelSet } from '../datasets/label-set.provider.ts';
import { LabelItems } from './label-items.ts';
import { NetworkKey } from './network-key.ts';
import { finalLabels } from './final-labels.ts';
import type { FinalLabel } from './final-labels.ts';

export const SEAL_LABEL_SET = 'labeling.seal-label-set';

export interface LabelSetRequest {
  datasetId: string;
  /** Intake, version and KEK index are the same number. */
  version: number;
  jobId: string;
}

type SealedLabelSet = NonNullable<LabelSet['item']>;

/** Far, not endless: uint40 seconds end in the year 36812. */
const VALID_UNTIL = 0xff_ffff_ffff;
const MEDIA_TYPE = 'application/x-ndjson';
const SCHEMA = { type: 'allod/label-set', v: 1, line: ['contributionId', 'label', 'posterior'] };

/**
 * Encrypts the final labels of a version as one more contribution, whose owner is an account without a key. Runs in the
 * worker, which knows closed values anyway; only ciphertext, the sealed KEK and the wrapped DEK leave it.
 */
@Injectable()
export class LabelSetJob implements OnModuleInit {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(OperatorKeys) private readonly keys: OperatorKeys,
    @Inject(ContentStore) private readonly store: ContentStore,
    @Inject(NetworkKey) private readonly networkKey: NetworkKey,
    @Inject(LabelItems) private readonly items: LabelItems,
  ) {}

  onModuleInit(): void {
    this.registry.on<LabelSetRequest>(SEAL_LABEL_SET, (request) => this.seal(request));
  }

  async seal({ datasetId, version, jobId }: LabelSetRequest): Promise<SealedLabelSet> {
    const labels = await finalLabels(this.source.manager, jobId, version);
    const dataset = (await this.items.dataset(datasetId))!;
    const contributorRef = getAddress(labelSetRef(jobId));
    const purposes = dataset.purposes & ~Purpose.LABEL;
    const sources = await this.items.sources(this.source.manager, datasetId);
    const terms = { contributorRef, datasetId, purposes, validUntil: VALID_UNTIL, consentNonce: 0, sources };
    const consent = consentHash({ ...terms, minPrice: 0n, termsHash: ZeroHash });
    const id = contributionId({ contributorRef, datasetId, salt: toHex(randomBytes(32)), index: 0 });
    const schemaHash = jsonKeccak(SCHEMA);
    const dek = new Uint8Array(randomBytes(32));
    const kek = new Uint8Array(randomBytes(32));
    const { header, body } = await floeSeal(
      dek,
      contentAad({ contributionId: id, datasetId, schemaHash }),
      linesOf(labels),
    );
    const record = sealRecord<SealedKek>(
      {
        v: 1,
        kind: 'kek',
        chain: this.env.CHAIN_NAME,
        chainId: this.env.CHAIN_ID,
        accessPolicy: this.env.CONTRACTS.AccessPolicy,
        consentHash: consent,
        version,
        ...terms,
      },
      kek,
      [await this.networkKey.read()],
    );
    const wallet = this.keys.wallet('jobSigner');
    const sealedKey = { contributorRef, datasetId, recordHash: sealedKeyHash(record) };
    const signature = await signStruct(wallet, 'SealedKey', sealedKey, this.env.CHAIN_ID, this.env.CONTRACTS);
    return {
      manifest: {
        contributionId: id,
        contributorRef,
        cid: await this.keep(body),
        size: body.length,
        floeHeader: toHex(header),
        schemaHash,
        intake: version,
        consentHash: consent,
        mediaType: MEDIA_TYPE,
        weight: '0',
        checked: 'validated',
        jobId,
        count: labels.length,
      },
      sealed: { record, signature, signer: wallet.address },
      wrap: { contributionId: id, intake: version, consentHash: consent, wrappedDek: toHex(wrapDek(kek, dek, id)) },
    };
  }

  private async keep(body: Uint8Array): Promise<string> {
    const dag = fileToDag(body);
    for (const { cid, bytes } of [...dag.leaves, ...dag.blocks]) await this.store.put(cid.toString(), bytes);
    return dag.root.toString();
  }
}

const linesOf = (labels: readonly FinalLabel[]): Uint8Array<ArrayBuffer> =>
  utf8(labels.map((label) => `${JSON.stringify(label)}\n`).join(''));
