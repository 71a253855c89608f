import { TypedDataEncoder, type TypedDataDomain, type TypedDataField } from 'ethers';
import type { Hex } from './bytes.ts';

const fields = (spec: string): TypedDataField[] =>
  spec.split(',').map((field) => {
    const [type, name] = field.trim().split(' ') as [string, string];
    return { type, name };
  });

/**
 * EIP-712 struct types. The contract named in {@link verifyingContractOf} is the domain's `verifyingContract`.
 * Times are unix seconds (uint40), money is token base units (uint128).
 */
export const types = {
  Consent: fields(
    'address contributorRef,bytes32 datasetId,uint16 purposes,uint40 validUntil,uint128 minPrice,bytes32 termsHash,uint32 consentNonce,uint8 sources',
  ),
  DeviceGrant: fields('address contributorRef,bytes32 datasetId,address signer,uint40 validUntil,uint32 grantNonce'),
  GrantRevocation: fields('address contributorRef,bytes32 datasetId,uint32 grantNonce,uint40 deadline'),
  Contribution: fields(
    'bytes32 contributionId,address contributorRef,bytes32 datasetId,bytes32 schemaHash,uint32 intake,bytes32 contentDigest,uint64 size,bytes floeHeader,bytes32 metadataHash',
  ),
  ContributionBatch: fields('bytes32 root,uint16 count,bytes32 consentHash,bytes32 salt'),
  Withdrawal: fields('address contributorRef,bytes32 datasetId,uint32 consentNonce,uint40 deadline'),
  ItemWithdrawal: fields(
    'address contributorRef,bytes32 datasetId,bytes32 contributionId,uint16 reason,uint40 issuedAt',
  ),
  PayeeChange: fields('address contributorRef,address payee,uint32 nonce,uint40 deadline'),
  RecoveryChange: fields('address contributorRef,address recovery,uint32 nonce,uint40 deadline'),
  Receipt: fields(
    'address contributorRef,bytes32 datasetId,bytes32 subject,uint16 kind,bytes32 evidenceHash,uint40 issuedAt',
  ),
  KeyFileUpdate: fields(
    'address contributorRef,bytes32 datasetId,uint16 version,string oldCid,string newCid,uint16 reason',
  ),
  SealedKey: fields('address contributorRef,bytes32 datasetId,bytes32 recordHash'),
  JobApproval: fields('bytes32 jobId,bytes32 datasetId,address requester,uint40 deadline'),
  Lease: fields(
    'bytes32 jobId,address labeler,bytes32 taskId,uint128 price,bytes32 ruleHash,uint40 deadline,uint40 autoApproveAt',
  ),
  Annotation: fields('bytes32 jobId,bytes32 taskId,address labeler,bytes32 commitment'),
  CommitmentReceipt: fields('bytes32 leaseHash,bytes32 commitment,uint40 receivedAt'),
  LeaseRejection: fields('bytes32 jobId,address labeler,bytes32 taskId,uint16 reason,bytes32 evidenceHash'),
  Voucher: fields('bytes32 jobId,address labeler,uint128 cumulative,uint40 settledThrough'),
  SeatAcceptance: fields('address licensee,bytes32 datasetId,address user,uint40 deadline'),
  OpenFailureReport: fields(
    'bytes32 licenseId,bytes32 contributionId,uint16 version,uint16 reason,bytes32 evidenceHash,uint40 reportedAt',
  ),
} as const;

export type StructName = keyof typeof types;

/** The contract in whose EIP-712 domain a struct is signed. */
export const verifyingContractOf: Record<StructName, 'ConsentRegistry' | 'LabelEscrow' | 'LicenseVault'> = {
  Consent: 'ConsentRegistry',
  DeviceGrant: 'ConsentRegistry',
  GrantRevocation: 'ConsentRegistry',
  Contribution: 'ConsentRegistry',
  ContributionBatch: 'ConsentRegistry',
  Withdrawal: 'ConsentRegistry',
  ItemWithdrawal: 'ConsentRegistry',
  PayeeChange: 'ConsentRegistry',
  RecoveryChange: 'ConsentRegistry',
  Receipt: 'ConsentRegistry',
  KeyFileUpdate: 'ConsentRegistry',
  SealedKey: 'ConsentRegistry',
  JobApproval: 'LabelEscrow',
  Lease: 'LabelEscrow',
  Annotation: 'LabelEscrow',
  CommitmentReceipt: 'LabelEscrow',
  LeaseRejection: 'LabelEscrow',
  Voucher: 'LabelEscrow',
  SeatAcceptance: 'LicenseVault',
  OpenFailureReport: 'LicenseVault',
};

type Uint = bigint | number;

export interface Consent {
  contributorRef: string;
  datasetId: string;
  purposes: number;
  validUntil: Uint;
  minPrice: bigint;
  termsHash: string;
  consentNonce: number;
  sources: number;
}
export interface DeviceGrant {
  contributorRef: string;
  datasetId: string;
  signer: string;
  validUntil: Uint;
  grantNonce: number;
}
export interface Contribution {
  contributionId: string;
  contributorRef: string;
  datasetId: string;
  schemaHash: string;
  intake: number;
  /** sha2-256 digest inside the root CID. */
  contentDigest: string;
  /** Bytes of the FLOE body (without header). */
  size: Uint;
  /** 74 bytes. */
  floeHeader: string;
  /** SHA-256 of the canonical public metadata, or 32 zero bytes. */
  metadataHash: string;
}
export interface ContributionBatch {
  root: string;
  count: number;
  consentHash: string;
  salt: string;
}
export interface Lease {
  jobId: string;
  labeler: string;
  taskId: string;
  price: bigint;
  ruleHash: string;
  deadline: Uint;
  autoApproveAt: Uint;
}
export interface Voucher {
  jobId: string;
  labeler: string;
  cumulative: bigint;
  settledThrough: Uint;
}

/** Addresses that take part in EIP-712 domains. */
export interface DomainContracts {
  ConsentRegistry: string;
  LabelEscrow: string;
  LicenseVault: string;
}

/** EIP-712 domain of a struct on a chain. */
export function domainOf(struct: StructName, chainId: Uint, contracts: DomainContracts): TypedDataDomain {
  return {
    name: 'Allod',
    version: '1',
    chainId: BigInt(chainId),
    verifyingContract: contracts[verifyingContractOf[struct]],
  };
}

/** EIP-712 `hashStruct(value)`, without domain. */
export function hashStruct(struct: StructName, value: object): Hex {
  return TypedDataEncoder.from({ [struct]: [...types[struct]] }).hashStruct(struct, value) as Hex;
}

/** EIP-712 digest `keccak256(0x1901 ‖ domainSeparator ‖ hashStruct)`: what is signed. */
export function digestOf(struct: StructName, value: object, chainId: Uint, contracts: DomainContracts): Hex {
  return TypedDataEncoder.hash(domainOf(struct, chainId, contracts), { [struct]: [...types[struct]] }, value) as Hex;
}

interface TypedDataSigner {
  signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string>;
}

/** Signs a struct in its own domain; resolves to a 65-byte signature in hex. */
export async function signStruct(
  signer: TypedDataSigner,
  struct: StructName,
  value: object,
  chainId: Uint,
  contracts: DomainContracts,
): Promise<Hex> {
  return (await signer.signTypedData(
    domainOf(struct, chainId, contracts),
    { [struct]: [...types[struct]] },
    value as Record<string, unknown>,
  )) as Hex;
}

/** Hash of a consent's terms: names the KEK chain and binds each batch to one consent. */
export function consentHash(consent: Consent): Hex {
  return hashStruct('Consent', consent);
}
