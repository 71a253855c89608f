import { getAddress, keccak256 } from 'ethers';
import { concatBytes, fromHex, type Hex, tag, uintBE } from './bytes.ts';

/** keccak256 of Solidity's `abi.encode(tag, parts…)`: fixed width, so no two inputs meet. Throws when a part does not fit its type. */
function derive(label: string, types: string[], values: unknown[]): Hex {
  return keccak256(
    concatBytes(fromHex(tag(label)), ...values.map((value, i) => word(types[i] as string, value))),
  ) as Hex;
}

/** A value of a static type as `abi.encode` writes it: 32 bytes, numbers and addresses to the right. */
function word(type: string, value: unknown): Uint8Array {
  const bytes =
    type === 'address'
      ? fromHex(getAddress(value as string))
      : type === 'bytes32'
        ? fromHex(value as string)
        : uintBE(value as bigint | number, Number(type.slice('uint'.length)) / 8);
  if (type === 'bytes32' && bytes.length !== 32) throw new RangeError(`${String(value)} is not 32 bytes`);
  return concatBytes(new Uint8Array(32 - bytes.length), bytes);
}

/** Id of a dataset; equal to what `DatasetRegistry.createDataset` derives. */
export function datasetId(p: {
  chainId: bigint | number;
  datasetRegistry: string;
  curator: string;
  salt: string;
}): Hex {
  return derive(
    'allod.dataset.v1',
    ['uint256', 'address', 'address', 'bytes32'],
    [p.chainId, p.datasetRegistry, p.curator, p.salt],
  );
}

/** Id of an offer: a dataset and its index (uint32). */
export function offerId(p: { datasetId: string; offerIndex: number }): Hex {
  return derive('allod.offer.v1', ['bytes32', 'uint32'], [p.datasetId, p.offerIndex]);
}

/** Id of a license, the event and token id of all purchases of one licensee under one offer. */
export function licenseId(p: { licensee: string; offerId: string }): Hex {
  return derive('allod.license.v1', ['address', 'bytes32'], [p.licensee, p.offerId]);
}

/** Id of a labeling job; equal to what `LabelEscrow.createJob` derives. */
export function jobId(p: {
  chainId: bigint | number;
  labelEscrow: string;
  datasetId: string;
  requester: string;
  salt: string;
}): Hex {
  return derive(
    'allod.job.v1',
    ['uint256', 'address', 'bytes32', 'address', 'bytes32'],
    [p.chainId, p.labelEscrow, p.datasetId, p.requester, p.salt],
  );
}

/** Id of a pack of at most 32 items that share one label key. */
export function packId(p: {
  datasetId: string;
  contributorRef: string;
  consentHash: string;
  intake: number;
  packIndex: number;
}): Hex {
  return derive(
    'allod.pack.v1',
    ['bytes32', 'address', 'bytes32', 'uint32', 'uint32'],
    [p.datasetId, p.contributorRef, p.consentHash, p.intake, p.packIndex],
  );
}

/** Id of a contribution; salt and index are those of its batch and fixed at encryption, which makes it the replay guard. */
export function contributionId(p: { contributorRef: string; datasetId: string; salt: string; index: number }): Hex {
  return derive(
    'allod.contribution.v1',
    ['address', 'bytes32', 'bytes32', 'uint32'],
    [p.contributorRef, p.datasetId, p.salt, p.index],
  );
}

/** Id of a task: one contribution in one job. */
export function taskId(p: { jobId: string; contributionId: string }): Hex {
  return derive('allod.task.v1', ['bytes32', 'bytes32'], [p.jobId, p.contributionId]);
}

/** The account that stands for a job's label set: the job id cut to its low 20 bytes. No key controls it. */
export function labelSetRef(jobId: string): Hex {
  return `0x${jobId.slice(-40).toLowerCase()}`;
}

/** Salted commitment of an annotation. `valueHash` is keccak256 of the canonical JSON of the value. */
export function annotationCommitment(p: {
  jobId: string;
  taskId: string;
  labeler: string;
  valueHash: string;
  salt: string;
}): Hex {
  return derive(
    'allod.annotation.v1',
    ['bytes32', 'bytes32', 'address', 'bytes32', 'bytes32'],
    [p.jobId, p.taskId, p.labeler, p.valueHash, p.salt],
  );
}

/** Every term of a purchase by EIP-3009, hashed into the authorization's nonce, so that a relayer can change none of them. */
export function purchaseNonce(p: {
  chainId: bigint | number;
  vault: string;
  licensee: string;
  datasetId: string;
  offerIndex: number;
  slot: number;
  version: number;
  maxPrice: bigint;
  maxWithdrawnBps: number;
  salt: string;
}): Hex {
  return derive(
    'allod.purchase.v1',
    ['uint256', 'address', 'address', 'bytes32', 'uint32', 'uint8', 'uint32', 'uint128', 'uint16', 'bytes32'],
    [
      p.chainId,
      p.vault,
      p.licensee,
      p.datasetId,
      p.offerIndex,
      p.slot,
      p.version,
      p.maxPrice,
      p.maxWithdrawnBps,
      p.salt,
    ],
  );
}
