import { hashStruct, type Lease, signStruct, taskId as deriveTaskId } from '@allod/protocol';
import type { Wallet } from 'ethers';
import type { AnnotationSubmitInput } from '../graphql/generated.ts';
import { CHAIN_ID } from './fakeChain.ts';
import type { World } from './fixtures.ts';

export interface FakeJobOptions {
  jobId: string;
  ruleHash: string;
  labeler: string;
  signer: Wallet;
  /** Unix seconds. */
  autoApproveAt?: number;
}

/** A labeling job at the API in memory: hands out the items of the first commit one after another and signs receipts. */
export class FakeJob {
  readonly submissions: AnnotationSubmitInput[] = [];
  /** Accounts that really sign; set another one to play a false operator. */
  leaseSigner: Wallet;
  receiptSigner: Wallet;
  readonly #world: World;
  readonly #options: FakeJobOptions;
  #next = 0;

  constructor(world: World, options: FakeJobOptions) {
    this.#world = world;
    this.#options = options;
    this.leaseSigner = this.receiptSigner = options.signer;
    world.api.resolvers['assignmentAccept'] = () => this.#assign(this.#next++);
    world.api.resolvers['annotationSubmit'] = ({ input }: { input: AnnotationSubmitInput }) => this.#receive(input);
  }

  #lease(index: number): Lease | undefined {
    const { jobId, labeler, ruleHash, autoApproveAt = 2_000_000_000 } = this.#options;
    const item = this.#world.api.commits[0]?.contributions[index];
    if (!item) return undefined;
    const taskId = deriveTaskId({ jobId, contributionId: item.contributionId });
    return { jobId, labeler, taskId, price: 40n, ruleHash, deadline: 2_000_000_000, autoApproveAt };
  }

  async #assign(index: number): Promise<object> {
    const { api, contracts, datasetId } = this.#world;
    const lease = this.#lease(index);
    if (!lease) return { __typename: 'Refused', code: 'NO_TASK', message: 'nothing left' };
    const commit = api.commits[0]!;
    const item = commit.contributions[index]!;
    const pack = commit.labelPacks[0]!;
    const signature = await signStruct(this.leaseSigner, 'Lease', lease, CHAIN_ID, contracts);
    return {
      __typename: 'Assignment',
      id: `assignment-${index}`,
      lease: { ...lease, price: lease.price.toString(), signer: this.#options.signer.address, signature },
      jobId: lease.jobId,
      contributionId: item.contributionId,
      datasetId,
      contributorRef: commit.consent.contributorRef,
      schemaHash: item.schemaHash,
      cid: item.leaves[0],
      size: item.size,
      floeHeader: item.floeHeader,
      mediaType: 'text/plain',
      labels: ['7', '8'],
      adjudication: false,
      labelWrappedDek: pack.wraps[index]!.wrappedDek,
      sealedKey: pack.sealed.record,
      sealedKeySignature: pack.sealed.signature,
      sealedKeySigner: pack.sealed.signer,
      packId: pack.packId,
      state: 'LEASED',
    };
  }

  async #receive(input: AnnotationSubmitInput): Promise<object> {
    this.submissions.push(input);
    const lease = this.#lease(Number(input.assignmentId.split('-')[1])) as Lease;
    const receivedAt = Math.floor(Date.now() / 1000);
    const receipt = { leaseHash: hashStruct('Lease', lease), commitment: input.commitment, receivedAt };
    return {
      __typename: 'AnnotationReceived',
      assignmentId: input.assignmentId,
      ...receipt,
      signer: this.#options.signer.address,
      signature: await signStruct(this.receiptSigner, 'CommitmentReceipt', receipt, CHAIN_ID, this.#world.contracts),
    };
  }
}
