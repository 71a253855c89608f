import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import { Wallet } from 'ethers';
import {
  consentHash,
  contributorRef,
  datasetId,
  hashIdentity,
  jobId,
  labelSetRef,
  licenseId,
  offerId,
  packId,
  Purpose,
  refPrivateKey,
  refSeed,
  tag,
  taskId,
  toHex,
  contributionId,
  topKek,
  walkKek,
  type Hex,
} from '../src/index.ts';

/** The fixed actors and ids that all vectors share. Every key here is public and only for tests. */

export const CHAIN_ID = 31337;
export const CHAIN = 'baseSepolia';

/** Contract addresses of the vectors; nothing is deployed there. */
export const contracts = {
  DatasetRegistry: '0xa110d00000000000000000000000000000000001',
  ConsentRegistry: '0xa110d00000000000000000000000000000000002',
  ContributionRegistry: '0xa110d00000000000000000000000000000000003',
  LicenseVault: '0xa110d00000000000000000000000000000000004',
  LabelEscrow: '0xa110d00000000000000000000000000000000005',
  AccessPolicy: '0xa110d00000000000000000000000000000000006',
  KeeperRegistry: '0xa110d00000000000000000000000000000000007',
} as const;

/** Private key of a named test account: keccak256 of "allod test key: NAME". */
export const walletOf = (name: string): Wallet => new Wallet(tag(`allod test key: ${name}`));
/** A named test salt. */
export const saltOf = (name: string): Hex => tag(`allod test salt: ${name}`);
export const lower = (address: string): Hex => address.toLowerCase() as Hex;

export const names = [
  'curator',
  'requester',
  'labeler',
  'jobSigner',
  'licensee',
  'seatUser',
  'device',
  'payee',
  'recovery',
  'operator',
] as const;
export const accounts = Object.fromEntries(names.map((name) => [name, lower(walletOf(name).address)])) as Record<
  (typeof names)[number],
  Hex
>;

/** Bytes 01 02 … 20. */
export const seed = Uint8Array.from({ length: 32 }, (_, i) => i + 1);

export const dataset = datasetId({
  chainId: CHAIN_ID,
  datasetRegistry: contracts.DatasetRegistry,
  curator: accounts.curator,
  salt: saltOf('dataset'),
});
export const secondDataset = datasetId({
  chainId: CHAIN_ID,
  datasetRegistry: contracts.DatasetRegistry,
  curator: accounts.curator,
  salt: saltOf('second dataset'),
});
export const refSeedBytes = refSeed(seed, CHAIN_ID, dataset);
export const refWallet = new Wallet(refPrivateKey(refSeedBytes));
export const ref = lower(contributorRef(refSeedBytes));

export const VALID_UNTIL = 1893456000;
const consentTerms = {
  contributorRef: ref,
  datasetId: dataset,
  validUntil: VALID_UNTIL,
  minPrice: 25_000_000n,
  termsHash: tag('allod test terms'),
  consentNonce: 0,
  sources: 2,
};
/** Two consents of one contributor under one nonce that differ in their purposes only. */
export const consents = {
  trainAndLabel: { ...consentTerms, purposes: Purpose.TRAIN | Purpose.FINE_TUNE | Purpose.LABEL },
  evaluateOnly: { ...consentTerms, purposes: Purpose.EVALUATE },
};
/** Terms under which a label set is sealed: the dataset's purposes, no price of its own. */
export const labelSetConsent = (jobRef: string) => ({
  ...consentTerms,
  contributorRef: jobRef,
  purposes: Purpose.TRAIN | Purpose.FINE_TUNE | Purpose.EVALUATE,
  minPrice: 0n,
  termsHash: `0x${'00'.repeat(32)}`,
});
export const consent = consents.trainAndLabel;
export const hash = consentHash(consent);

export const INTAKE = 3;
export const batchSalt = saltOf('batch');
export const contribution = contributionId({ contributorRef: ref, datasetId: dataset, salt: batchSalt, index: 0 });
export const schemaHash = tag('allod test schema');
export const pack = packId({
  datasetId: dataset,
  contributorRef: ref,
  consentHash: hash,
  intake: INTAKE,
  packIndex: 0,
});
export const job = jobId({
  chainId: CHAIN_ID,
  labelEscrow: contracts.LabelEscrow,
  datasetId: dataset,
  requester: accounts.requester,
  salt: saltOf('job'),
});
export const labelRef = labelSetRef(job);
export const task = taskId({ jobId: job, contributionId: contribution });
export const offer = offerId({ datasetId: dataset, offerIndex: 1 });
export const license = licenseId({ licensee: accounts.licensee, offerId: offer });

export const kekTop = topKek(refSeedBytes, CHAIN_ID, dataset, hash);
export const kek = walkKek(kekTop, 1023, INTAKE);

/** A 2-of-3 key network with a known secret: f(x) = secret + slope·x over the scalar field. */
export interface TestNetwork {
  networkKey: Hex;
  threshold: number;
  secret: bigint;
  slope: bigint;
}
function network(name: string): TestNetwork {
  const { Fr } = bls.fields;
  const secret = Fr.create(BigInt(tag(`allod test network: ${name}`)));
  const slope = Fr.create(BigInt(tag(`allod test network slope: ${name}`)));
  return { networkKey: toHex(bls.G1.Point.BASE.multiply(secret).toBytes()), threshold: 2, secret, slope };
}
export const networks = [network('first'), network('second')] as const;

/** Share, commitment and signature share over an identity of keeper `index`. */
export function keeperOf(
  net: TestNetwork,
  index: number,
  identity: string,
): { index: number; share: bigint; commitment: Hex; signature: Hex } {
  const share = bls.fields.Fr.create(net.secret + net.slope * BigInt(index));
  return {
    index,
    share,
    commitment: toHex(bls.G1.Point.BASE.multiply(share).toBytes()),
    signature: toHex(hashIdentity(identity).multiply(share).toBytes()),
  };
}
