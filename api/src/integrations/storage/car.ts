import { CID } from '@allod/protocol';

/** Bytes that are no CARv1 of whole blocks. */
export class CarError extends Error {
  override name = 'CarError';
}

/** CARv1 framing (https://ipld.io/specs/transport/car/carv1/): varint length, then header or CID and block. */
export function carHeader(root: CID): Uint8Array {
  const cid = root.bytes;
  const body = Buffer.concat([
    Buffer.from([0xa2, 0x65]),
    Buffer.from('roots'),
    Buffer.from([0x81, 0xd8, 0x2a, 0x58, cid.length + 1, 0x00]),
    cid,
    Buffer.from([0x67]),
    Buffer.from('version'),
    Buffer.from([0x01]),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

export function carBlock(cid: CID, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varint(cid.bytes.length + bytes.length), cid.bytes, bytes]);
}

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return Buffer.from(out);
}

/** Blocks of a CARv1 in its order, as views of its bytes; the header's roots are not used. Hashes are not checked. Throws CarError. */
export function readCar(bytes: Uint8Array): { cid: CID; bytes: Uint8Array }[] {
  const blocks: { cid: CID; bytes: Uint8Array }[] = [];
  let at = 0;
  const frame = (): Uint8Array => {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw new CarError('a length is cut');
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (length === 0 || at + length > bytes.length) throw new CarError('a block is cut');
    at += length;
    return bytes.subarray(at - length, at);
  };
  frame();
  while (at < bytes.length) {
    const section = frame();
    try {
      const [cid, rest] = CID.decodeFirst(section);
      blocks.push({ cid, bytes: rest });
    } catch (cause) {
      throw new CarError('a CID is malformed', { cause });
    }
  }
  return blocks;
}
