import { randomBytes } from 'node:crypto';
import {
  consentHash,
  contentDigest,
  contributionId,
  contributionLeaf,
  contributionRoot,
  fileDag,
  labelKey,
  packId,
  Purpose,
  rawCid,
  sealedKeyHash,
  signStruct,
  toHex,
  wrapDek,
} from '@allod/protocol';
import type { SealedKeyRecord } from '@allod/protocol';
import { Wallet } from 'ethers';
import type { ContributionCommitInput, SignedRecordInput } from '../common/graphql/schema.generated.ts';
import { structOf } from '../modules/contributions/batch-checks.ts';
import { consentOf } from '../modules/contributions/consent-checks.ts';
import type { TestApp } from './app.ts';

export interface TestDataset {
  id: string;
  schemaHash: string;
}

export interface BatchOptions {
  purposes?: number;
  validUntil?: number;
  intake?: number;
  consentNonce?: number;
  grantNonce?: number;
  grantValidUntil?: number;
  minPrice?: string;
  chainId?: number;
  /** Encrypted bodies, as leaves; random one-leaf bodies when not given. */
  bodies?: Uint8Array[][];
  count?: number;
  packIndex?: number;
}

const seconds = () => Math.floor(Date.now() / 1000);
const FLOE_HEADER = `0x00000010000000000020${'ab'.repeat(64)}`;

/** A contributor who does by hand what the SDK does, so that each part of a batch can be made wrong. */
export class TestContributor {
  readonly wallet = Wallet.createRandom();
  readonly device = Wallet.createRandom();
  readonly kek = randomBytes(32);
  token = '';

  constructor(
    readonly api: TestApp,
    readonly dataset: TestDataset,
  ) {}

  get ref(): string {
    return this.wallet.address;
  }

  async signIn(): Promise<this> {
    this.token = await this.api.signIn(this.wallet);
    return this;
  }

  async upload(leaf: Uint8Array): Promise<string> {
    const cid = rawCid(leaf).toString();
    await this.api.putBlock(cid, leaf, this.token);
    return cid;
  }

  /** A complete, signed, valid batch; nothing is uploaded yet. */
  async batch(options: BatchOptions = {}): Promise<{ input: ContributionCommitInput; leaves: Uint8Array[] }> {
    const chainId = options.chainId ?? this.api.chain.chainId;
    const { addresses } = this.api.chain;
    const terms = {
      contributorRef: this.ref,
      datasetId: this.dataset.id,
      purposes: options.purposes ?? Purpose.TRAIN | Purpose.EVALUATE,
      validUntil: options.validUntil ?? seconds() + 3600,
      minPrice: options.minPrice ?? '0',
      termsHash: toHex(new Uint8Array(32)),
      consentNonce: options.consentNonce ?? 0,
      sources: 1,
    };
    const consent = {
      ...terms,
      signature: await signStruct(this.wallet, 'Consent', consentOf({ ...terms, signature: '0x' }), chainId, addresses),
    };
    const grantTerms = {
      contributorRef: this.ref,
      datasetId: this.dataset.id,
      signer: this.device.address,
      validUntil: options.grantValidUntil ?? seconds() + 3600,
      grantNonce: options.grantNonce ?? 0,
    };
    const grant = {
      ...grantTerms,
      signature: await signStruct(this.wallet, 'DeviceGrant', grantTerms, chainId, addresses),
    };
    const hash = consentHash(consentOf(consent));
    const intake = options.intake ?? 1;
    const salt = toHex(randomBytes(32));
    const bodies =
      options.bodies ?? Array.from({ length: options.count ?? 2 }, () => [new Uint8Array(randomBytes(200))]);
    const deks = bodies.map(() => new Uint8Array(randomBytes(32)));
    const contributions = bodies.map((leaves, index) => {
      const id = contributionId({ contributorRef: this.ref, datasetId: this.dataset.id, salt, index });
      const files = leaves.map((leaf) => ({ cid: rawCid(leaf), size: leaf.length }));
      return {
        contributionId: id,
        schemaHash: this.dataset.schemaHash,
        intake,
        contentDigest: contentDigest(fileDag(files).root),
        size: leaves.reduce((total, leaf) => total + leaf.length, 0),
        floeHeader: FLOE_HEADER,
        metadataHash: toHex(new Uint8Array(32)),
        leaves: files.map((file) => file.cid.toString()),
        wrappedDek: toHex(wrapDek(this.kek, deks[index]!, id)),
      };
    });
    const recordTerms = {
      v: 1,
      chain: this.api.env.CHAIN_NAME,
      chainId,
      accessPolicy: addresses.AccessPolicy,
      datasetId: this.dataset.id,
      contributorRef: this.ref,
      consentHash: hash,
      consentNonce: terms.consentNonce,
      purposes: terms.purposes,
      validUntil: terms.validUntil,
      sources: 1,
    };
    const labelPacks = [];
    if (terms.purposes & Purpose.LABEL) {
      const packIndex = options.packIndex ?? 0;
      const id = packId({ datasetId: this.dataset.id, contributorRef: this.ref, consentHash: hash, intake, packIndex });
      const key = labelKey(this.kek, id);
      labelPacks.push({
        packId: id,
        packIndex,
        sealed: await this.signRecord({ ...recordTerms, kind: 'label', intake, packIndex, packId: id }, chainId),
        wraps: contributions.map((item, index) => ({
          contributionId: item.contributionId,
          wrappedDek: toHex(wrapDek(key, deks[index]!, item.contributionId)),
        })),
      });
    }
    const input: ContributionCommitInput = {
      idempotencyKey: toHex(randomBytes(8)),
      datasetId: this.dataset.id,
      consent,
      grant,
      root: toHex(new Uint8Array(32)),
      count: contributions.length,
      salt,
      batchSignature: '0x',
      contributions,
      sealedKek: await this.signRecord({ ...recordTerms, kind: 'kek', version: intake }, chainId),
      labelPacks,
    };
    await this.signBatch(input, chainId);
    return { input, leaves: bodies.flat() };
  }

  /** Recomputes the root and signs the batch with the device key. */
  async signBatch(input: ContributionCommitInput, chainId = this.api.chain.chainId): Promise<void> {
    input.root = contributionRoot(input.contributions.map((item) => contributionLeaf(structOf(input, item))));
    const batch = {
      root: input.root,
      count: input.count,
      consentHash: consentHash(consentOf(input.consent)),
      salt: input.salt,
    };
    input.batchSignature = await signStruct(this.device, 'ContributionBatch', batch, chainId, this.api.chain.addresses);
  }

  /** A record of these terms with a made-up seal, signed by the device. */
  async signRecord(terms: object, chainId = this.api.chain.chainId): Promise<SignedRecordInput> {
    const seal = {
      scheme: 'lit-bls-v1',
      networkKey: `0x${'aa'.repeat(48)}`,
      dataHash: 'bb'.repeat(32),
      ciphertext: 'AAAA',
    };
    const record = { ...terms, seals: [seal] } as unknown as SealedKeyRecord;
    const struct = { contributorRef: this.ref, datasetId: this.dataset.id, recordHash: sealedKeyHash(record) };
    const signature = await signStruct(this.device, 'SealedKey', struct, chainId, this.api.chain.addresses);
    return { record, signature, signer: this.device.address };
  }

  /** Uploads and commits; the answer of the mutation. */
  async contribute(options: BatchOptions = {}) {
    const { input, leaves } = await this.batch(options);
    for (const leaf of leaves) await this.upload(leaf);
    return { input, result: await this.commit(input) };
  }

  async commit(input: ContributionCommitInput, token = this.token): Promise<CommitAnswer> {
    const answer = await this.api.graphql<{ contributionCommit: CommitAnswer }>(COMMIT, { input }, token);
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data.contributionCommit;
  }
}

export interface CommitAnswer {
  __typename: string;
  code?: string;
  message?: string;
  replay?: boolean;
  root?: string;
  contributions?: { id: string; state: string; cid: string; index: number }[];
  receipt?: {
    signer: string;
    signature: string;
    subject: string;
    kind: number;
    evidenceHash: string;
    issuedAt: number;
  };
}

const COMMIT = `mutation($input: ContributionCommitInput!) { contributionCommit(input: $input) {
  __typename
  ... on Refused { code message }
  ... on ContributionBatchCommitted {
    replay root contributions { id state cid index } receipt { signer signature subject kind evidenceHash issuedAt }
  }
} }`;
