import type {
  AnnotationOutcome,
  Earnings,
  EscrowBalance,
  LabelingJob,
  OpenAssignment,
  QuizTask,
} from '../lib/client.ts';
import type { AppConfig } from '../lib/config.ts';

let counter = 0;
const next = () => (counter += 1);
const hash = (seed: number) => `0x${seed.toString(16).padStart(64, '0')}`;
const address = (seed: number) => `0x${(seed + 0xa11ce).toString(16).padStart(40, '0')}`;

export const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export function makeConfig(change: Partial<AppConfig> = {}): AppConfig {
  return {
    api: 'http://127.0.0.1:4000',
    rpcUrls: ['http://127.0.0.1:8545'],
    chainId: 31337,
    chainName: 'baseSepolia',
    contracts: {},
    keeperRegistry: address(1),
    networkKey: '0x00',
    development: true,
    singleOperator: true,
    singleRpc: false,
    ...change,
  };
}

export function makeJob(change: Partial<LabelingJob> = {}): LabelingJob {
  const seed = next();
  return {
    id: hash(seed),
    datasetId: hash(1),
    requester: address(2),
    title: 'Handwritten digits',
    instructions: 'Choose the digit that the writer meant. If you cannot tell, skip it.',
    labels: DIGITS,
    price: '50000',
    budget: '25000000',
    paid: '4000000',
    reserved: '6000000',
    overlapMin: 3,
    overlapMax: 5,
    signer: address(3),
    ruleHash: hash(4),
    state: 'OPEN',
    taskCount: 60,
    resolvedCount: 24,
    quizSize: 5,
    secondsPerTask: 6,
    hourlyPay: '30000000',
    measuredMs: null,
    wageFloor: '0',
    adjudicationPrice: '150000',
    adjudicators: [],
    qualification: 'NONE',
    ...change,
  };
}

export function makeEscrow(job: LabelingJob, change: Partial<EscrowBalance> = {}): EscrowBalance {
  return { budget: job.budget, paid: job.paid, reserved: job.reserved, signer: job.signer, ...change };
}

/** A plain 28×28 stroke that leans a little differently for every seed. */
export function drawDigit(seed: number): Uint8Array {
  const bytes = new Uint8Array(784);
  for (let step = 0; step < 220; step += 1) {
    const turn = (step / 220) * Math.PI * (1.2 + (seed % 5) * 0.22);
    const x = 14 + Math.cos(turn + seed) * (4 + (seed % 3) * 1.4);
    const y = 14 + Math.sin(turn * (1 + (seed % 4) * 0.3)) * 8;
    for (let dy = -1; dy <= 1; dy += 1) {
      for (let dx = -1; dx <= 1; dx += 1) {
        const at = Math.round(y + dy) * 28 + Math.round(x + dx);
        const ink = dx === 0 && dy === 0 ? 255 : 140;
        if (at >= 0 && at < 784) bytes[at] = Math.max(bytes[at]!, ink);
      }
    }
  }
  return bytes;
}

export function makeQuizTask(index: number): QuizTask {
  return { index, mediaType: 'image/x-gray-28x28', bytes: drawDigit(index) };
}

export function makeAssignment(change: Partial<OpenAssignment> = {}): OpenAssignment {
  const seed = next();
  const now = Math.floor(Date.now() / 1000);
  return {
    id: `assignment-${seed}`,
    jobId: hash(1),
    taskId: hash(seed),
    mediaType: 'image/x-gray-28x28',
    labels: DIGITS,
    bytes: drawDigit(seed),
    price: '50000',
    signer: address(3),
    deadline: now + 300,
    autoApproveAt: now + 86_400,
    ...change,
  };
}

export function makeOutcome(change: Partial<AnnotationOutcome> = {}): AnnotationOutcome {
  const seed = next();
  return {
    assignmentId: `assignment-${seed}`,
    taskId: hash(seed),
    jobId: hash(1),
    value: String(seed % 10),
    verdict: 'PAID',
    reason: 'AGREED p=.98',
    evidence: {
      withoutYou: 0.981234,
      othersSay: String(seed % 10),
      othersPosterior: 0.981234,
      others: 3,
      contradictedBy: 0,
      gate: { score: 0.91, standardError: 0.07, labels: 24 },
    },
    pay: '50000',
    submittedAt: new Date(1_764_000_000_000 + seed * 7_000).toISOString(),
    appealUntil: null,
    appeal: null,
    ...change,
  };
}

export function makeEarnings(change: Partial<Earnings> = {}): Earnings {
  return {
    jobId: hash(1),
    earned: '150000',
    pending: '50000',
    withdrawn: '50000',
    withdrawable: '100000',
    outcomes: [],
    ...change,
  };
}
