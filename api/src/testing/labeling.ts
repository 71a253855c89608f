import { randomBytes } from 'node:crypto';
import { annotationCommitment, jsonKeccak, Purpose, signStruct, toHex } from '@allod/protocol';
import { Wallet } from 'ethers';
import type { HDNodeWallet } from 'ethers';
import type { LabelingJobCreateInput } from '../common/graphql/schema.generated.ts';
import type { TestApp } from './app.ts';
import { TestContributor } from './contributor.ts';
import { createDataset } from './dataset.ts';
import type { CuratedDataset } from './dataset.ts';

export const LABELS = ['0', '1', '2'];
export const GOLD = ['0', '1', '2', '0', '1', '2', '0'];
export const PRICE = 40_000n;
const BUDGET = 20_000_000n;

/** The escrow of the fake chain: what the job signer sends becomes the event that the contract would emit. */
export function answerAsEscrow({ chain, relay }: TestApp): void {
  const emit = (name: string, args: Record<string, unknown>) => chain.mine({ contract: 'LabelEscrow', name, args });
  relay.effects.set('LabelEscrow.raiseReserved', ([jobId, amount]) =>
    emit('ReservedRaised', { jobId, reserved: String(amount) }),
  );
  relay.effects.set('LabelEscrow.qualify', ([jobId, labelers]) => emit('LabelersQualified', { jobId, labelers }));
  relay.effects.set('LabelEscrow.closeJob', ([jobId]) => emit('JobClosed', { jobId }));
}

/** What comes from the escrow is sent by the outbox and confirmed; until nothing is left to do. */
export async function settleChain(api: TestApp): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    await api.runOutbox();
    await api.confirm();
  }
}

/** `count` anchored items with label keys. */
export async function anchoredItems(api: TestApp, dataset: CuratedDataset, count: number): Promise<string[]> {
  const contributor = await new TestContributor(api, dataset).signIn();
  const { input, result } = await contributor.contribute({ count, purposes: Purpose.TRAIN | Purpose.LABEL });
  if (result.code) throw new Error(`items are refused: ${result.code} ${result.message}`);
  api.chain.readers.set('ContributionRegistry.anchoredAt', () => 1n);
  const by = api.relay.sender;
  api.chain.mine({
    contract: 'ContributionRegistry',
    name: 'BatchAnchored',
    args: { root: input.root, count: String(count), by },
  });
  await api.confirm();
  return input.contributions.map((item) => item.contributionId);
}

export interface TestJob {
  id: string;
  dataset: CuratedDataset;
  requester: HDNodeWallet;
  token: string;
  ruleHash: string;
  signer: string;
}

export const jobInput = (datasetId: string, changes: Partial<LabelingJobCreateInput> = {}): LabelingJobCreateInput => ({
  datasetId,
  salt: toHex(randomBytes(32)),
  title: 'Which digit?',
  instructions: '',
  labels: LABELS,
  price: PRICE.toString(),
  budget: BUDGET.toString(),
  dailyCap: BUDGET.toString(),
  quizBudget: '2000000',
  overlapMin: 2,
  overlapMax: 3,
  secondsPerTask: 8,
  hiddenGoldBps: 0,
  holdLabels: 0,
  tooFastMs: 0,
  quiz: GOLD.map((answer) => ({ mediaType: 'image/png', contentBase64: 'AA==', answer })),
  ...changes,
});

export async function draftJob(
  api: TestApp,
  dataset: CuratedDataset,
  changes: Partial<LabelingJobCreateInput> = {},
): Promise<TestJob> {
  const requester = Wallet.createRandom();
  const token = await api.signIn(requester);
  const input = jobInput(dataset.id, changes);
  const answer = await api.graphql<{ labelingJobCreate: { id: string; ruleHash: string; signer: string } }>(
    'mutation($input: LabelingJobCreateInput!) { labelingJobCreate(input: $input) { ... on LabelingJob { id ruleHash signer } ... on Refused { code message } } }',
    { input },
    token,
  );
  return { dataset, requester, token, ...answer.data.labelingJobCreate };
}

export async function approveJob(api: TestApp, job: TestJob, by: HDNodeWallet = job.dataset.curator) {
  const deadline = Math.floor(Date.now() / 1000) + 3600;
  const approval = { jobId: job.id, datasetId: job.dataset.id, requester: job.requester.address, deadline };
  const signature = await signStruct(by, 'JobApproval', approval, api.chain.chainId, api.chain.addresses);
  const answer = await api.graphql<{ labelingJobApprove: { state?: string; code?: string } }>(
    'mutation($input: LabelingJobApproveInput!) { labelingJobApprove(input: $input) { ... on LabelingJob { state } ... on Refused { code } } }',
    { input: { jobId: job.id, deadline, signature } },
  );
  return answer.data.labelingJobApprove;
}

/** The event of a funded job. */
export function fundJob(api: TestApp, job: TestJob, changes: Record<string, string> = {}): void {
  const params = {
    budget: BUDGET.toString(),
    dailyCap: BUDGET.toString(),
    quizBudget: '2000000',
    signer: job.signer,
    ruleHash: job.ruleHash,
    ...changes,
  };
  const args = { jobId: job.id, datasetId: job.dataset.id, requester: job.requester.address, params };
  api.chain.mine({ contract: 'LabelEscrow', name: 'JobCreated', args });
}

/** A dataset with anchored items and a job that is open on chain with its reserve raised. */
export async function openJob(
  api: TestApp,
  items: number,
  changes: Partial<LabelingJobCreateInput> = {},
): Promise<TestJob & { items: string[] }> {
  answerAsEscrow(api);
  const dataset = await createDataset(api);
  const ids = await anchoredItems(api, dataset, items);
  const job = await draftJob(api, dataset, changes);
  await approveJob(api, job);
  fundJob(api, job, { budget: changes.budget ?? BUDGET.toString(), quizBudget: changes.quizBudget ?? '2000000' });
  await api.confirm();
  await settleChain(api);
  return { ...job, items: ids };
}

export interface TestAssignment {
  id: string;
  contributionId: string;
  state: string;
  labelWrappedDek: string;
  packId: string;
  lease: {
    taskId: string;
    price: string;
    ruleHash: string;
    deadline: number;
    autoApproveAt: number;
    signer: string;
    signature: string;
  };
}

export interface TestEarnings {
  earned: string;
  pending: string;
  withdrawn: string;
  withdrawable: string;
  voucher: { cumulative: string; settledThrough: number; signer: string; signature: string } | null;
  outcomes: {
    assignmentId: string;
    taskId: string;
    verdict: string;
    reason: string;
    pay: string;
    appealUntil: string | null;
    appeal: { state: string; route: string; reason: string; evidence: Record<string, unknown> | null } | null;
  }[];
}

type Refusable<T> = T & { code?: string; message?: string };

/** A labeler who does by hand what the SDK does. */
export class TestLabeler {
  readonly wallet = Wallet.createRandom();
  token = '';

  constructor(
    readonly api: TestApp,
    readonly job: TestJob,
  ) {}

  get address(): string {
    return this.wallet.address;
  }

  async signIn(): Promise<this> {
    this.token = await this.api.signIn(this.wallet);
    return this;
  }

  async quiz(answers: string[] = GOLD) {
    return this.ask<{ quizSubmit: Refusable<{ passed: boolean; reason: string; pay: string }> }>(
      'mutation($jobId: Bytes32!, $answers: [String!]!) { quizSubmit(jobId: $jobId, answers: $answers) { ... on QuizResult { passed reason pay } ... on Refused { code } } }',
      { jobId: this.job.id, answers },
    ).then((data) => data.quizSubmit);
  }

  async accept(mutation = 'assignmentAccept'): Promise<Refusable<TestAssignment>> {
    const data = await this.ask<{ accepted: Refusable<TestAssignment> }>(
      `mutation($jobId: Bytes32!) { accepted: ${mutation}(jobId: $jobId) { ... on Refused { code message } ${ASSIGNMENT} } }`,
      { jobId: this.job.id },
    );
    return data.accepted;
  }

  async end(id: string, how: 'Skip' | 'Report' | 'Extend'): Promise<Refusable<TestAssignment>> {
    const reason = how === 'Report' ? ', reason: "unreadable"' : '';
    const data = await this.ask<{ ended: Refusable<TestAssignment> }>(
      `mutation($id: ID!) { ended: assignment${how}(id: $id${reason}) { ... on Refused { code message } ${ASSIGNMENT} } }`,
      { id },
    );
    return data.ended;
  }

  async annotation(assignment: TestAssignment, value: string) {
    const salt = toHex(randomBytes(32));
    const facts = { jobId: this.job.id, taskId: assignment.lease.taskId, labeler: this.address };
    const commitment = annotationCommitment({ ...facts, valueHash: jsonKeccak(value), salt });
    const { chainId, addresses } = this.api.chain;
    const signature = await signStruct(this.wallet, 'Annotation', { ...facts, commitment }, chainId, addresses);
    return { assignmentId: assignment.id, value, salt, commitment, signature };
  }

  async submit(input: object) {
    const data = await this.ask<{
      annotationSubmit: Refusable<{
        leaseHash: string;
        commitment: string;
        receivedAt: number;
        signer: string;
        signature: string;
      }>;
    }>(
      'mutation($input: AnnotationSubmitInput!) { annotationSubmit(input: $input) { ... on AnnotationReceived { leaseHash commitment receivedAt signer signature } ... on Refused { code } } }',
      { input },
    );
    return data.annotationSubmit;
  }

  /** The one outcome of this labeler on an assignment. */
  async outcome(assignmentId: string): Promise<TestEarnings['outcomes'][number]> {
    return (await this.earnings()).outcomes.find((outcome) => outcome.assignmentId === assignmentId)!;
  }

  async appeal(assignmentId: string, text = 'Look again, please') {
    const data = await this.ask<{ appealOpen: Refusable<{ state: string; route: string; reason: string }> }>(
      `mutation($id: ID!, $text: String!) { appealOpen(assignmentId: $id, text: $text) {
        ... on Appeal { state route reason } ... on Refused { code } } }`,
      { id: assignmentId, text },
    );
    return data.appealOpen;
  }

  /** Accepts one task that waits for a blind decision and decides it; null when nothing waits. */
  decide(answer: (contributionId: string) => string): Promise<TestAssignment | null> {
    return this.label(answer, 'adjudicationAccept');
  }

  /** Accepts one task and answers it; null when nothing is left. */
  async label(
    answer: (contributionId: string) => string,
    mutation = 'assignmentAccept',
  ): Promise<TestAssignment | null> {
    const assignment = await this.accept(mutation);
    if (assignment.code) return null;
    await this.submit(await this.annotation(assignment, answer(assignment.contributionId)));
    return assignment;
  }

  async earnings(): Promise<TestEarnings> {
    const data = await this.ask<{ earnings: TestEarnings[] }>(
      `query($jobId: Bytes32) { earnings(jobId: $jobId) { earned pending withdrawn withdrawable
        voucher { cumulative settledThrough signer signature } outcomes { assignmentId taskId verdict reason pay appealUntil appeal { state route reason evidence } } } }`,
      { jobId: this.job.id },
    );
    return data.earnings[0]!;
  }

  private async ask<T>(text: string, variables: object): Promise<T> {
    const answer = await this.api.graphql<T>(text, variables, this.token);
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  }
}

/** An account that requester and curator have appointed and the escrow lists. */
export async function appointed(api: TestApp, job: TestJob): Promise<TestLabeler> {
  const adjudicator = await new TestLabeler(api, job).signIn();
  for (const token of [job.token, await api.signIn(job.dataset.curator)])
    await appoint(api, job, adjudicator.address, token);
  await settleChain(api);
  return adjudicator;
}

export async function appoint(api: TestApp, job: TestJob, account: string, token: string) {
  const answer = await api.graphql<{
    adjudicatorAppoint: { code?: string; adjudicators?: { account: string; state: string }[] };
  }>(
    `mutation($id: Bytes32!, $account: Address!) { adjudicatorAppoint(jobId: $id, account: $account) {
      ... on LabelingJob { adjudicators { account state } } ... on Refused { code } } }`,
    { id: job.id, account },
    token,
  );
  return answer.data.adjudicatorAppoint;
}

/** Labelers who passed the quiz and are listed on chain. */
export async function qualified(api: TestApp, job: TestJob, count: number): Promise<TestLabeler[]> {
  const labelers = await Promise.all(Array.from({ length: count }, () => new TestLabeler(api, job).signIn()));
  for (const labeler of labelers) await labeler.quiz();
  await settleChain(api);
  return labelers;
}

const ASSIGNMENT = `... on Assignment { id contributionId state labelWrappedDek packId
  lease { taskId price ruleHash deadline autoApproveAt signer signature } }`;
