import { Contract } from 'ethers';
import { AllodError, createClient, createLightKeyGate, providerOf } from '@allod/sdk';
import type {
  EscrowBalance,
  LabelingClient,
  LabelingJob,
  LeasedAssignment,
  OpenAssignment,
  WithdrawalRecord,
} from './client.ts';
import { RefusedError } from './client.ts';
import type { AppConfig } from './config.ts';
import type { Wallet } from './wallet/wallet.ts';

/** Codes of the SDK that mean a fault, to be tried again; every other code is an answer. */
const FAULTS = [
  'TRANSPORT_FAILED',
  'CHAIN_FAILED',
  'TIMEOUT',
  'BLOCK_UNAVAILABLE',
  'API_ERROR',
  'INTERNAL_SERVER_ERROR',
];

/** The item itself is at fault: it is reported, and the labeler never sees it. */
const BROKEN_ITEM = ['DOES_NOT_OPEN', 'HASH_MISMATCH', 'SIZE_MISMATCH', 'BAD_SEALED_KEY', 'UNTRUSTED_ANSWER'];

/** The keepers answered, and the answer was no; silence and faults do not count. */
const REFUSED_KEY = ['NOT_AUTHORIZED', 'INVALID_SHARE'];

/** An item that the keepers still refuse after this many tries is given back. */
const MAX_OPEN_TRIES = 5;

type SdkClient = ReturnType<typeof connectSdk>;
type SdkAssignment = Awaited<ReturnType<SdkClient['acceptAssignment']>>;

/** Binds the app to the network of `config`, signing with `wallet`. */
export function createSdkClient(config: AppConfig, wallet: Wallet | null): LabelingClient {
  const sdk = connectSdk(config, wallet);
  const assignments = new Map<string, SdkAssignment['assignment']>();
  const failedOpens = new Map<string, number>();

  const open = async (assignmentId: string | null, attempt: () => Promise<SdkAssignment>): Promise<OpenAssignment> => {
    try {
      const { assignment, bytes } = await attempt();
      assignments.set(assignment.id, assignment);
      failedOpens.delete(assignment.id);
      return { ...toLeased(assignment), bytes };
    } catch (error) {
      const id = assignmentId ?? assignmentIdOf(error);
      if (id !== null) await dealWithUnopened(id, error);
      throw error;
    }
  };

  /** A broken item is reported at once; one that the keepers refuse is tried again first. Neither counts against the labeler. */
  const dealWithUnopened = async (id: string, error: unknown): Promise<void> => {
    const code = error instanceof AllodError ? error.code : '';
    const tries = (failedOpens.get(id) ?? 0) + (REFUSED_KEY.includes(code) ? 1 : 0);
    failedOpens.set(id, tries);
    if (BROKEN_ITEM.includes(code)) {
      failedOpens.delete(id);
      await sdk.reportAssignment({ assignmentId: id, reason: 'DOES_NOT_OPEN' });
    } else if (tries >= MAX_OPEN_TRIES) {
      failedOpens.delete(id);
      await sdk.skipAssignment({ assignmentId: id });
    }
  };

  const leasedNow = async (jobId: string) => {
    const now = Date.now() / 1000;
    const all = await sdk.getAssignments({ jobId });
    const live = all.filter(({ state, lease }) => state === 'LEASED' && lease.deadline > now);
    for (const assignment of live) assignments.set(assignment.id, assignment);
    return live;
  };

  const reopen = (assignmentId: string): Promise<OpenAssignment> => {
    const assignment = assignments.get(assignmentId);
    if (assignment === undefined) throw new RefusedError('NOT_FOUND', 'this account has no such assignment');
    return open(assignmentId, () => sdk.openAssignment({ assignment }));
  };

  return {
    account: wallet?.address ?? null,
    signIn: () => run(async () => void (await sdk.signIn())),
    signOut: async () => undefined,
    listJobs: () =>
      run(async () => (await sdk.getJobs()).filter(({ state }) => state === 'OPEN' || state === 'CLOSED').map(toJob)),
    getJob: (jobId) =>
      run(async () => {
        const job = await sdk.getJob({ jobId });
        return job === null ? null : toJob(job);
      }),
    getEscrow: (jobId) =>
      run(async (): Promise<EscrowBalance> => {
        const { budget, paid, reserved, signer } = await sdk.getEscrow({ jobId });
        return { budget: budget.toString(), paid: paid.toString(), reserved: reserved.toString(), signer };
      }),
    getQuiz: (jobId) => run(() => sdk.takeQuiz({ jobId })),
    submitQuiz: (jobId, answers) => run(() => sdk.submitQuiz({ jobId, answers })),
    listLeased: (jobId) => run(async () => (await leasedNow(jobId)).map(toLeased)),
    openAssignment: (assignmentId) => run(async () => reopen(assignmentId)),
    acceptAssignment: (jobId) =>
      run(async () => {
        const [unopened] = failedOpens.keys();
        if (unopened !== undefined) {
          if ((await leasedNow(jobId)).some(({ id }) => id === unopened)) return reopen(unopened);
          failedOpens.delete(unopened);
        }
        return open(null, () => sdk.acceptAssignment({ jobId }));
      }),
    submitAnnotation: (assignmentId, value) =>
      run(async () => {
        const receipt = await sdk.submitAnnotation({
          assignment: assignments.get(assignmentId) ?? assignmentId,
          value,
        });
        const { commitment, receivedAt, signer } = receipt;
        return { assignmentId, commitment, receivedAt, signer };
      }),
    skipAssignment: (assignmentId) => run(async () => void (await sdk.skipAssignment({ assignmentId }))),
    reportAssignment: (assignmentId, reason) =>
      run(async () => void (await sdk.reportAssignment({ assignmentId, reason }))),
    acceptAdjudication: (jobId) => run(() => open(null, () => sdk.acceptAdjudication({ jobId }))),
    appeal: (assignmentId, text) => run(() => sdk.appealVerdict({ assignmentId, text })),
    getEarnings: () =>
      run(async () =>
        (await sdk.getEarnings()).map(({ jobId, earned, pending, withdrawn, withdrawable, outcomes }) => ({
          ...{ jobId, earned, pending, withdrawn, withdrawable },
          outcomes: [...outcomes],
        })),
      ),
    withdraw: (jobId) => run(() => sdk.withdrawEarnings({ jobId })),
    listWithdrawals: () => run(async () => (wallet === null ? [] : readWithdrawals(sdk, wallet.address))),
  };
}

function connectSdk(config: AppConfig, wallet: Wallet | null) {
  const { chainId, chainName, networkKey, keeperRegistry, rpcUrls } = config;
  const keyGate = createLightKeyGate({ chainId, chain: chainName, networkKey, keeperRegistry, rpcUrl: rpcUrls[0]! });
  return createClient({
    api: config.api,
    chain: {
      chainId,
      name: chainName,
      rpcUrls,
      contracts: config.contracts as unknown as Parameters<typeof createClient>[0]['chain']['contracts'],
      pollingInterval: config.development ? 250 : 1_000,
    },
    keyGate,
    ...(wallet === null ? {} : { signer: wallet.signer }),
  });
}

/** Tells answers from faults. */
async function run<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AllodError && !FAULTS.includes(error.code)) {
      throw new RefusedError(error.code, error.shortMessage, error.details);
    }
    throw error;
  }
}

function assignmentIdOf(error: unknown): string | null {
  const details = error instanceof AllodError ? error.details : null;
  const id = (details as { assignmentId?: unknown } | null)?.assignmentId;
  return typeof id === 'string' ? id : null;
}

function toJob(job: NonNullable<Awaited<ReturnType<SdkClient['getJob']>>>): LabelingJob {
  return {
    ...job,
    labels: [...job.labels],
    adjudicators: [...job.adjudicators],
    qualification: job.qualification ?? null,
  };
}

function toLeased({ id, jobId, mediaType, labels, lease }: SdkAssignment['assignment']): LeasedAssignment {
  const { taskId, price, signer, deadline, autoApproveAt } = lease;
  return { id, jobId, taskId, mediaType, labels: [...labels], price, signer, deadline, autoApproveAt };
}

const VOUCHER_REDEEMED =
  'event VoucherRedeemed(bytes32 indexed jobId, address indexed labeler, uint128 amount, uint128 cumulative)';

/** Newest first, from the escrow's own events. */
async function readWithdrawals({ chain }: SdkClient, labeler: string): Promise<WithdrawalRecord[]> {
  const escrow = new Contract(chain.contracts.LabelEscrow, [VOUCHER_REDEEMED], providerOf(chain));
  const logs = await escrow.queryFilter(escrow.filters['VoucherRedeemed']!(null, labeler), 0, 'latest');
  const records = logs.flatMap((log) => {
    if (!('args' in log)) return [];
    const { jobId, amount, cumulative } = log.args.toObject() as { jobId: string; amount: bigint; cumulative: bigint };
    const { transactionHash: txHash, blockNumber } = log;
    return { jobId, amount: amount.toString(), cumulative: cumulative.toString(), txHash, blockNumber };
  });
  return records.reverse();
}
