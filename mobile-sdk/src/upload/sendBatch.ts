import { Code, LEAF_SIZE, leafMatches, parseCid } from '@allod/protocol';
import { type ClientContext, execute, refOf, type RefAccount } from '../context.ts';
import { RefusedError, TransportError, UntrustedAnswerError } from '../errors/api.ts';
import { isAllodError } from '../errors/base.ts';
import { StorageFullError, UploadDeferredError, UploadError } from '../errors/upload.ts';
import type { UploadState } from '../events.ts';
import { ContributionCommitDocument, ContributionUploadBeginDocument } from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';
import { loadConsent } from '../identity/consents.ts';
import { withFreshGrant } from '../identity/deviceKey.ts';
import { keepReceipt } from '../identity/receipts.ts';
import { isStoreFull } from '../store.ts';
import { keepProofs } from './contributionReceipts.ts';
import { bytesOf, leavesOf, type QueuedBatch, type QueuedLeaf, SMALL_LEAF, type Spool, spoolIn } from './batch.ts';
import type { CommittedBatch } from './committedBatch.ts';
import { draftCommit } from './draft.ts';
import { assertMayUpload, countUpload } from './policy.ts';
import { Pace } from './pace.ts';
import { type Block, inParallel, putBlocks } from './putBlock.ts';

/** Requests with blocks on their way at the same time, at most. */
const PARALLEL_PUTS = 8;
/** Bytes of length and CID before a block of a CAR, at most. */
const CAR_OVERHEAD = 40;
/** Refusals that a new round can answer: the next intake, the next packs (another device may have filled these), the block again. */
const AGAIN: readonly string[] = [Code.INTAKE_CLOSED, Code.BAD_LABEL_PACK, Code.BLOCK_MISSING];
/** Times that a batch is prepared anew because its intake closed or a block was lost meanwhile. */
const ROUNDS = 5;

/**
 * Brings a queued batch to the API: which leaves are missing, PUT them, commit. Safe to call again after any failure or
 * crash: the ciphertext and the signed commit are the ones in the spool. When it returns, the spool is empty.
 */
export async function sendBatch(client: ClientContext, batchId: string): Promise<CommittedBatch> {
  const spool = spoolIn(client.platform.resumeStore);
  const batch = await spool.load(batchId);
  if (!batch) throw new UploadError('no such batch is queued', { code: Code.NOT_FOUND, details: { batchId } });
  spool.sending.add(batchId);
  try {
    for (const name of batch.readings) await client.platform.resumeStore.delete(name);
    await assertMayUpload(client);
    const committed = await spool.spend(() => run(client, spool, batch));
    await spool.remove(batchId);
    emit(client, batch, 'COMMITTED', bytesOf(batch));
    return committed;
  } catch (cause) {
    const error = isStoreFull(cause) ? new StorageFullError(cause) : cause;
    if (error instanceof RefusedError) {
      const refusal = { code: error.code, message: error.shortMessage };
      await spool.save({ ...((await spool.load(batchId)) ?? batch), refusal });
      emit(client, batch, 'REFUSED', 0, error.code);
    } else {
      emit(client, batch, 'WAITING', 0, isAllodError(error) ? error.code : undefined, retryAt(client, error));
    }
    throw error;
  } finally {
    spool.sending.delete(batchId);
  }
}

async function run(client: ClientContext, spool: Spool, queued: QueuedBatch): Promise<CommittedBatch> {
  const ref = refOf(client, queued.datasetId);
  let batch: QueuedBatch = { ...queued, refusal: null };
  for (let round = 1; ; round++) {
    const openIntake = await uploadMissing(client, ref, spool, batch);
    if (batch.draft?.intake !== openIntake || grantEnded(client, batch)) {
      const stored = await withFreshGrant(client, ref, await loadConsent(client, batch.datasetId, batch.consentHash));
      batch = { ...batch, draft: await draftCommit(client, ref, stored, batch, openIntake) };
      await spool.save(batch);
    }
    try {
      return await commit(client, ref, batch);
    } catch (error) {
      if (!(error instanceof RefusedError) || !AGAIN.includes(error.code) || round >= ROUNDS) throw error;
      if (error.code !== Code.BLOCK_MISSING) batch = { ...batch, draft: null };
    }
  }
}

/** True when the draft was signed under a grant that has ended since: it waited for longer than 90 days. */
function grantEnded(client: ClientContext, { draft }: QueuedBatch): boolean {
  return draft !== null && draft.input.grant.validUntil * 1000 <= client.platform.clock.now();
}

/** @returns number of the intake that is open now */
async function uploadMissing(
  client: ClientContext,
  ref: RefAccount,
  spool: Spool,
  batch: QueuedBatch,
): Promise<number> {
  const blocks = leavesOf(batch);
  const leaves = new Map(blocks.map((leaf) => [leaf.cid, leaf]));
  const input = { datasetId: batch.datasetId, blocks: blocks.map(({ cid, size }) => ({ cid, size })) };
  const begun = await execute(client, ContributionUploadBeginDocument, { input }, ref);
  const { missing, openIntake } = accepted(begun.contributionUploadBegin);
  let stored = bytesOf(batch) - missing.reduce((sum, cid) => sum + (leaves.get(cid)?.size ?? 0), 0);
  emit(client, batch, 'UPLOADING', stored);
  const asked = missing.map((cid) => {
    const leaf = leaves.get(cid);
    if (!leaf) throw new UntrustedAnswerError('the API asks for a block that is not part of this batch', { cid });
    return leaf;
  });
  const memory: Uint8Array[] = [];
  const pace = new Pace(PARALLEL_PUTS);
  await inParallel(requestsOf(asked), PARALLEL_PUTS, async (group, lane) => {
    const blocks: Block[] = [];
    for (const leaf of group)
      blocks.push(await readLeaf(spool, batch.id, leaf, (memory[lane] ??= new Uint8Array(LEAF_SIZE))));
    const size = group.reduce((sum, leaf) => sum + leaf.size, 0);
    await assertMayUpload(client);
    await countUpload(client, size);
    await pace.pass(() => putBlocks(client, ref, blocks));
    stored += size;
    emit(client, batch, 'UPLOADING', stored);
  });
  return openIntake;
}

/** Leaves by the request that they go with: a large one by itself, small ones together. */
function requestsOf(leaves: readonly QueuedLeaf[]): QueuedLeaf[][] {
  const requests: QueuedLeaf[][] = [];
  let open: QueuedLeaf[] = [];
  let size = Infinity;
  for (const leaf of leaves) {
    if (leaf.size > SMALL_LEAF) {
      requests.push([leaf]);
      continue;
    }
    size += leaf.size + CAR_OVERHEAD;
    if (size > LEAF_SIZE) {
      requests.push((open = []));
      size = leaf.size + CAR_OVERHEAD;
    }
    open.push(leaf);
  }
  return requests;
}

async function readLeaf(spool: Spool, id: string, leaf: QueuedLeaf, into: Uint8Array): Promise<Block> {
  const cid = parseCid(leaf.cid);
  const bytes = (await spool.getLeaf(id, leaf, into)) as Uint8Array<ArrayBuffer> | undefined;
  if (!bytes || !(await leafMatches(cid, bytes)))
    throw new UploadError('the queued ciphertext is damaged', { code: 'SPOOL_DAMAGED', details: { cid: leaf.cid } });
  return { cid, bytes };
}

async function commit(client: ClientContext, ref: RefAccount, batch: QueuedBatch): Promise<CommittedBatch> {
  const input = batch.draft?.input;
  if (!input) throw new UploadError('the batch has no commit yet');
  const { contributionCommit } = await execute(client, ContributionCommitDocument, { input }, ref);
  const { root, contributions, receipt } = accepted(contributionCommit);
  if (root.toLowerCase() !== input.root.toLowerCase() || contributions.length !== input.count) {
    throw new UntrustedAnswerError('the API confirms another batch than the one sent', {
      sent: input.root,
      confirmed: root,
    });
  }
  const of = { contributorRef: ref.address, datasetId: batch.datasetId };
  const kept = await keepReceipt(client, of, receipt);
  await keepProofs(client, batch, input);
  return { batchId: batch.id, root, contributions, receipt: kept };
}

/** Milliseconds since 1970 before which trying again is of no use, as far as the error says. */
export function retryAt(client: ClientContext, error: unknown): number | undefined {
  if (error instanceof UploadDeferredError) return error.retryAt;
  if (error instanceof TransportError && error.retryAfter !== undefined)
    return client.platform.clock.now() + error.retryAfter * 1000;
  return undefined;
}

function emit(
  client: ClientContext,
  batch: QueuedBatch,
  state: UploadState,
  bytesStored: number,
  code?: string,
  retryAt?: number,
): void {
  client.events.emit('state', {
    batchId: batch.id,
    datasetId: batch.datasetId,
    state,
    bytes: bytesOf(batch),
    bytesStored,
    ...(code === undefined ? {} : { code }),
    ...(retryAt === undefined ? {} : { retryAt }),
  });
}
