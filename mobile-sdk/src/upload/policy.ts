import type { ClientContext } from '../context.ts';
import { UploadDeferredError } from '../errors/upload.ts';
import { loadJson, saveJson } from '../store.ts';

interface Usage {
  since: number;
  bytes: number;
}

const USAGE = 'usage';
const turns = new WeakMap<ClientContext, Promise<unknown>>();

/** Throws {@link UploadDeferredError} where network or battery forbid an upload now. */
export async function assertMayUpload(client: ClientContext): Promise<void> {
  const { wifiOnly, chargingOnly } = client.upload;
  const { device } = client.platform;
  if (wifiOnly && !['wifi', 'ethernet'].includes((await device?.network()) ?? 'unknown'))
    throw new UploadDeferredError('WAITING_FOR_WIFI', 'uploads wait for Wi-Fi');
  if (chargingOnly && (await device?.charging()) !== true)
    throw new UploadDeferredError('WAITING_FOR_POWER', 'uploads wait until the device is charging');
}

/** Counts bytes before they are sent, so that a crash counts too much, never too little. Throws when the cap is reached. */
export function countUpload(client: ClientContext, bytes: number): Promise<void> {
  const cap = client.upload.dataCap;
  if (!cap) return Promise.resolve();
  const count = async (): Promise<void> => {
    const { clock, resumeStore } = client.platform;
    const now = clock.now();
    const kept = await loadJson<Usage>(resumeStore, USAGE);
    // A clock that was set back by less than a period changes nothing; by more, it was wrong before.
    const fresh = !kept || Math.abs(now - kept.since) >= cap.seconds * 1000;
    const usage = fresh ? { since: now, bytes: 0 } : kept;
    if (usage.bytes + bytes > cap.bytes)
      throw new UploadDeferredError('DATA_CAP_REACHED', 'the data cap is reached', usage.since + cap.seconds * 1000);
    await saveJson(resumeStore, USAGE, { ...usage, bytes: usage.bytes + bytes });
  };
  const turn = (turns.get(client) ?? Promise.resolve()).then(count, count);
  turns.set(client, turn);
  return turn;
}
