import { TypedDataEncoder, type TypedDataDomain, type TypedDataField } from 'ethers';
import type { Hex } from './bytes.ts';

const fields = (spec: string): TypedDataField[] =>
  spec.split(',').map((field) => {
    const [type, name] = field.trim().split(' ') as [string, string];
    return { type, name };
  });

/**
 * EIP-712 struct types; order and names are part of the type hash. The contract named in {@link verifyingContractOf} is the domain's `verifyingContract`.
 * Times are unix seconds (uint40), money is token base units (uint128); every integer fits its type or hashing throws.
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

/** Terms under which one contributor's items of one dataset may be used. Signed by the contributorRef. */
export interface Consent {
  contributorRef: string;
  datasetId: string;
  /** Bits of `Purpose`. */
  purposes: number;
  /** Unix seconds; keys are refused from this second on. */
  validUntil: Uint;
  /** Least price of a license per 30 days, in base units of the dataset's token. */
  minPrice: bigint;
  /** Hash of the text that was agreed to. */
  termsHash: string;
  /** Current nonce in ConsentRegistry; a withdrawal raises it. */
  consentNonce: number;
  /** Number of entitlement sources that the dataset had at this moment (1 to 4): later ones cannot open these items. */
  sources: number;
}
/** Lets a device key sign batches and sealed records in the background. Signed by the contributorRef. */
export interface DeviceGrant {
  contributorRef: string;
  datasetId: string;
  /** The device key's address. */
  signer: string;
  /** Unix seconds, at most 90 days ahead. */
  validUntil: Uint;
  /** Current nonce in ConsentRegistry. */
  grantNonce: number;
}
/** One encrypted item. Not signed alone: its hash is a leaf of a batch. */
export interface Contribution {
  contributionId: string;
  contributorRef: string;
  datasetId: string;
  /** keccak256 of the canonical schema. */
  schemaHash: string;
  /** 1 to 1,023. */
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
/** Signed by a granted device key or the contributorRef. */
export interface ContributionBatch {
  /** Root of the contribution tree. */
  root: string;
  /** Number of leaves, 1 to 1,000. */
  count: number;
  /** hashStruct of the consent, without domain. */
  consentHash: string;
  /** The salt from which the batch's contribution ids are derived. */
  salt: string;
}
/** One task leased to one labeler. Signed by the job signer that the escrow names. */
export interface Lease {
  jobId: string;
  labeler: string;
  taskId: string;
  /** Pay of a validated annotation, token base units. */
  price: bigint;
  /** Hash of the job's published rules. */
  ruleHash: string;
  /** Last second in which the annotation may be committed. */
  deadline: Uint;
  /** First second in which a lease without verdict may be claimed. */
  autoApproveAt: Uint;
}
/** What a labeler may have withdrawn from a job in total. Signed by the job signer. */
export interface Voucher {
  jobId: string;
  labeler: string;
  /** Sum of everything earned so far, token base units. */
  cumulative: bigint;
  /** Every lease whose autoApproveAt is not later is contained and can no longer be claimed. */
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

/** EIP-712 `hashStruct(value)`, without domain. Further fields are ignored; missing or ill-fitting ones throw. */
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
