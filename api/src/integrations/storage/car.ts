import { CID } from '@allod/protocol';

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
