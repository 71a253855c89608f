import type * as actions from './actions/index.ts';
import { collect, flush } from './actions/collect.ts';
import { contribute } from './actions/contribute.ts';
import { resume } from './actions/resume.ts';
import { startUploads } from './actions/startUploads.ts';
import { discardBatch, getQueue } from './actions/queue.ts';
import { getContributionReceipt, getReceipts } from './actions/receipts.ts';
import type { ClientContext } from './context.ts';

type Actions = typeof actions;

/** Verbs that come with the client: what a device needs to contribute, and everything that works offline. */
const atOnce = {
  collect,
  flush,
  contribute,
  resume,
  startUploads,
  discardBatch,
  getQueue,
  getContributionReceipt,
  getReceipts,
};

type Later = Exclude<keyof Actions, keyof typeof atOnce>;

/** Verbs that are loaded when they are first called. */
const later: { [Name in Later]: () => Promise<Pick<Actions, Name>> } = {
  withdrawConsent: () => import('./actions/withdrawConsent.ts'),
  grantConsent: () => import('./actions/grantConsent.ts'),
  erase: () => import('./actions/erase.ts'),
  getContribution: () => import('./actions/getContribution.ts'),
  getContributions: () => import('./actions/getContribution.ts'),
  waitForContribution: () => import('./actions/waitForContribution.ts'),
  signIn: () => import('./actions/signIn.ts'),
  getProtocol: () => import('./actions/protocolInfo.ts'),
  extendConsent: () => import('./actions/extendConsent.ts'),
  rewrapContributions: () => import('./actions/rewrapContributions.ts'),
  withdrawContribution: () => import('./actions/withdrawContribution.ts'),
  setPayee: () => import('./actions/setPayee.ts'),
  getJob: () => import('./actions/getJobs.ts'),
  getJobs: () => import('./actions/getJobs.ts'),
  getEscrow: () => import('./actions/getEscrow.ts'),
  submitQuiz: () => import('./actions/quiz.ts'),
  takeQuiz: () => import('./actions/quiz.ts'),
  acceptAdjudication: () => import('./actions/acceptAssignment.ts'),
  acceptAssignment: () => import('./actions/acceptAssignment.ts'),
  getAssignments: () => import('./actions/acceptAssignment.ts'),
  openAssignment: () => import('./actions/acceptAssignment.ts'),
  submitAnnotation: () => import('./actions/submitAnnotation.ts'),
  extendAssignment: () => import('./actions/endAssignment.ts'),
  reportAssignment: () => import('./actions/endAssignment.ts'),
  skipAssignment: () => import('./actions/endAssignment.ts'),
  appealVerdict: () => import('./actions/appeal.ts'),
  appointAdjudicator: () => import('./actions/appeal.ts'),
  getEarnings: () => import('./actions/earnings.ts'),
  withdrawEarnings: () => import('./actions/earnings.ts'),
  claimLease: () => import('./actions/claimLease.ts'),
  finalizeLease: () => import('./actions/claimLease.ts'),
  createDataset: () => import('./actions/createDataset.ts'),
  createOffer: () => import('./actions/createOffer.ts'),
  approveJob: () => import('./actions/labelingJob.ts'),
  closeJob: () => import('./actions/labelingJob.ts'),
  createJob: () => import('./actions/labelingJob.ts'),
  fundJob: () => import('./actions/labelingJob.ts'),
  closeIntake: () => import('./actions/version.ts'),
  prepareVersion: () => import('./actions/version.ts'),
  publishVersion: () => import('./actions/version.ts'),
  waitForVersion: () => import('./actions/version.ts'),
  findDatasets: () => import('./actions/getDataset.ts'),
  getDataset: () => import('./actions/getDataset.ts'),
  getLicenses: () => import('./actions/purchaseLicense.ts'),
  purchaseLicense: () => import('./actions/purchaseLicense.ts'),
  openDataset: () => import('./actions/openDataset.ts'),
  exportContributions: () => import('./actions/exportContributions.ts'),
  recoverContributions: () => import('./actions/recoverContributions.ts'),
  acknowledgeWithdrawals: () => import('./actions/withdrawals.ts'),
  getWithdrawals: () => import('./actions/withdrawals.ts'),
  claim: () => import('./actions/claim.ts'),
  getClaim: () => import('./actions/claim.ts'),
};

/** Of those, the verbs that yield one result after the other. */
const STREAMS: readonly string[] = ['getContributions', 'recoverContributions', 'getWithdrawals'] satisfies Later[];

type AnyAction = (client: ClientContext, ...rest: never[]) => Promise<unknown>;
type AnyStream = (client: ClientContext, ...rest: never[]) => AsyncGenerator<unknown>;

/** Every verb as a function of a client; most are loaded when they are first called, so that a page that contributes stays small. */
export const everyAction = { ...atOnce, ...lazily() } as Actions;

function lazily(): Record<string, AnyAction | AnyStream> {
  const entries = Object.entries(later).map(([name, load]): [string, AnyAction | AnyStream] => {
    const loaded = async <Action>(): Promise<Action> => ((await load()) as unknown as Record<string, Action>)[name]!;
    const stream: AnyStream = async function* (client, ...rest) {
      yield* (await loaded<AnyStream>())(client, ...rest);
    };
    const action: AnyAction = async (client, ...rest) => (await loaded<AnyAction>())(client, ...rest);
    return [name, STREAMS.includes(name) ? stream : action];
  });
  return Object.fromEntries(entries);
}
