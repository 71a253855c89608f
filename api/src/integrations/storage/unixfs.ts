/**
 * Sizes of the parts of a UnixFS file node, in the order of its links: field 4 of the message in field 1 of the dag-pb block. Empty where
 * the block says none. Source: IPLD dag-pb and UnixFS specifications.
 */
export function partSizes(block: Uint8Array): number[] {
  const data = fieldsOf(block).find(({ id }) => id === 1)?.bytes;
  if (!data) return [];
  return fieldsOf(data).flatMap(({ id, value }) => (id === 4 && value !== undefined ? [value] : []));
}

interface Field {
  id: number;
  value?: number;
  bytes?: Uint8Array;
}

/** Varint and length-delimited fields of a protocol buffer; the content profile has no others. */
function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('the message ends inside of a number');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const number = varint();
    if ((key & 7) === 0) fields.push({ id: key >> 3, value: number });
    else if ((key & 7) === 2) fields.push({ id: key >> 3, bytes: message.subarray(at, (at += number)) });
    else throw new RangeError(`field ${key >> 3} has a wire type that UnixFS does not use`);
  }
  return fields;
}
