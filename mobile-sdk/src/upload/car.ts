import { type CID, concatBytes, utf8 } from '@allod/protocol';

/** CARv1 (https://ipld.io/specs/transport/car/carv1/) of some blocks: header with the first as its root, then each CID with its bytes. */
export function carOf(blocks: readonly { cid: CID; bytes: Uint8Array }[]): Uint8Array<ArrayBuffer> {
  const root = (blocks[0] as { cid: CID }).cid.bytes;
  const link = [0x81, 0xd8, 0x2a, 0x58, root.length + 1, 0x00];
  const header = [[0xa2, 0x65], utf8('roots'), link, root, [0x67], utf8('version'), [0x01]].map((part) =>
    Uint8Array.from(part),
  );
  return concatBytes(...framed(header), ...blocks.flatMap(({ cid, bytes }) => framed([cid.bytes, bytes])));
}

function framed(parts: Uint8Array[]): Uint8Array[] {
  const length: number[] = [];
  for (let rest = parts.reduce((sum, part) => sum + part.length, 0); ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) | 128);
    if (rest < 128) return [Uint8Array.from(length), ...parts];
  }
}
