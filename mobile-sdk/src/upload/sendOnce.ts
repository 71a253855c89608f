import type { ClientContext } from '../context.ts';
import type { CommittedBatch } from './committedBatch.ts';
import { sendBatch } from './sendBatch.ts';

const running = new WeakMap<ClientContext, Map<string, Promise<CommittedBatch>>>();

/** Sends a batch, or joins the sending that is already on its way in this client. */
export function sendOnce(client: ClientContext, batchId: string): Promise<CommittedBatch> {
  const ofClient = running.get(client) ?? new Map<string, Promise<CommittedBatch>>();
  running.set(client, ofClient);
  let sending = ofClient.get(batchId);
  if (!sending) {
    sending = sendBatch(client, batchId).finally(() => ofClient.delete(batchId));
    ofClient.set(batchId, sending);
  }
  return sending;
}
