export type { Client, CreateClientOptions } from './client.ts';
export type { ClientContext } from './context.ts';
export type { Chain, ChainOptions, ContractAddresses } from './chain/chain.ts';
export type { ChainDataset } from './chain/reads.ts';
export type { ChainVersion } from './chain/versions.ts';
export type {
  ClientEvents,
  ContributionEvent,
  QueueEvent,
  RewrappedEvent,
  UploadEvent,
  UploadState,
} from './events.ts';
export type { StoredConsent } from './identity/consents.ts';
export type { SignedReceipt } from './identity/receipts.ts';
export type { Session } from './identity/sessions.ts';
export type { CommittedBatch } from './upload/committedBatch.ts';
export type { RewrappedBatch } from './upload/moveLate.ts';
export type { ContributionReceipt } from './upload/contributionReceipts.ts';
export type { QueueOptions, UploadPolicy, WhenFull } from './options.ts';
export type { ItemBytes, SliceSource } from './crypto/itemSource.ts';
export type { PollOptions } from './poll.ts';

export * from './actions/index.ts';
export type * from './actions/signIn.ts';
export type * from './actions/protocolInfo.ts';
export type * from './actions/grantConsent.ts';
export type * from './actions/extendConsent.ts';
export type * from './actions/contribute.ts';
export type * from './actions/collect.ts';
export type * from './actions/erase.ts';
export type * from './actions/receipts.ts';
export type * from './actions/resume.ts';
export type * from './actions/rewrapContributions.ts';
export type * from './actions/queue.ts';
export type * from './actions/getContribution.ts';
export type * from './actions/waitForContribution.ts';
export type * from './actions/withdrawConsent.ts';
export type * from './actions/withdrawContribution.ts';
export type * from './actions/setPayee.ts';
export type * from './actions/getJobs.ts';
export type * from './actions/getEscrow.ts';
export type * from './actions/quiz.ts';
export type * from './actions/acceptAssignment.ts';
export type * from './actions/submitAnnotation.ts';
export type * from './actions/endAssignment.ts';
export type * from './actions/appeal.ts';
export type * from './actions/earnings.ts';
export type * from './actions/claimLease.ts';
export type { CommitmentReceipt } from './identity/annotations.ts';
export type * from './actions/createDataset.ts';
export type * from './actions/createOffer.ts';
export type * from './actions/labelingJob.ts';
export type * from './actions/version.ts';
export type * from './actions/getDataset.ts';
export type * from './actions/purchaseLicense.ts';
export type * from './actions/openDataset.ts';
export type * from './actions/exportContributions.ts';
export type * from './actions/recoverContributions.ts';
export type * from './actions/withdrawals.ts';
export type * from './actions/claim.ts';

export { AllodError, isAllodError } from './errors/base.ts';
export { ApiError, RefusedError, TimeoutError, TransportError, UntrustedAnswerError } from './errors/api.ts';
export {
  BadChallengeError,
  ConsentMissingError,
  OwnerKeyMissingError,
  SeedMissingError,
  SignerMissingError,
} from './errors/account.ts';
export { ChainError, ContractRefusedError } from './errors/chain.ts';
export { BlockUnavailableError, ContentError } from './errors/content.ts';
export {
  QueueFullError,
  ServerFullError,
  StorageFullError,
  UploadDeferredError,
  UploadError,
} from './errors/upload.ts';

export { providerOf } from './chain/contracts.ts';
export { memoryPlatform } from './platform/memory.ts';
export type { Clock, DeviceState, Fetch, KeyStore, Network, Platform, ResumeStore } from './platform/ports.ts';

export type { KeyGate, KeyGateHealth, KeyNetwork, KeyRefusalCode, KeyResult } from './keys/key-gate.port.ts';
export type { KeySession, KeySigner, StartSessionOptions } from './keys/session.ts';
export { type Contributor, type Eip1193Provider, walletContributor } from './identity/walletContributor.ts';
export type { AllodNetwork } from './keys/allodNetwork.ts';
export { networkOf } from './keys/networks.ts';
export { createLightKeyGate } from './keys/lazyLight.ts';
export type { LightKeyGateOptions } from './keys/light.ts';

export { Code, ItemReason, Purpose, purposeNames, purposesOf, Role, VerdictReason } from '@allod/protocol';
