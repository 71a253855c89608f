import { FLOE, FloeMessage } from '@allod/protocol';
import { sealItem } from '../../../mobile-sdk/src/crypto/sealItem.ts';
import { cpuSeconds, inTurn, ratioOf } from './figures.ts';

const ID = `0x${'11'.repeat(32)}`;

/** What encryption costs in CPU-seconds, against the same bytes through WebCrypto alone. */
export async function measureEncryption(megabytes: number, rounds: number, say: (text: string) => void) {
  const segments = megabytes;
  const plain = new Uint8Array(segments * FLOE.segmentSize);
  for (let at = 0; at < plain.length; at += 65_536) crypto.getRandomValues(plain.subarray(at, at + 65_536));
  const pieces = Array.from({ length: segments }, (_, i) =>
    plain.subarray(i * FLOE.segmentSize, (i + 1) * FLOE.segmentSize),
  );
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt']);
  const gcm = (piece: Uint8Array<ArrayBuffer>) =>
    crypto.subtle.encrypt({ name: 'AES-GCM', iv: crypto.getRandomValues(new Uint8Array(12)) }, key, piece);
  // The baseline gives its memory back at once, as the SDK does: left to the collector it is half as fast.
  const free = (sealed: object): unknown => (sealed as { transfer(length: number): unknown }).transfer(0);

  const seconds = await inTurn(
    [
      {
        name: 'AES-GCM',
        round: () =>
          cpuSeconds(async () => {
            for (const piece of pieces) free(await gcm(piece));
          }),
      },
      {
        name: 'encrypt',
        round: () =>
          cpuSeconds(async () => {
            const message = FloeMessage.create(secret, secret);
            const into = new Uint8Array(FLOE.segmentSize);
            const count = Math.ceil(plain.length / message.plainSize);
            for (let i = 0; i < count; i++) {
              const part = plain.subarray(i * message.plainSize, (i + 1) * message.plainSize);
              await message.sealSegment(i, part, i === count - 1, into);
            }
          }),
      },
      {
        name: 'AES-GCM + SHA-256',
        round: () =>
          cpuSeconds(async () => {
            for (const piece of pieces) {
              const sealed = await gcm(piece);
              await crypto.subtle.digest('SHA-256', sealed);
              free(sealed);
            }
          }),
      },
      {
        name: 'encrypt + CID',
        round: () =>
          cpuSeconds(async () => {
            const item = { plain, dek: secret, contributionId: ID, datasetId: ID, schemaHash: ID };
            await sealItem(item, async () => undefined);
          }),
      },
    ],
    rounds,
  );
  for (const [name, figures] of Object.entries(seconds)) {
    const speeds = figures.map((figure) => Math.round(plain.length / 1e6 / figure));
    say(`${name}: ${speeds.join(', ')} MB per CPU-second`);
  }
  return {
    encryptRatio: ratioOf(seconds['AES-GCM']!, seconds['encrypt']!),
    encryptCidRatio: ratioOf(seconds['AES-GCM + SHA-256']!, seconds['encrypt + CID']!),
  };
}
