/**
 * A tus server as its documentation sets one up, plus what ours does too: the bytes are hashed as they come and synced before
 * the upload counts as finished. Prints its port.
 */
import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

const directory = process.argv[2]!;
const hashes = new Map<string, Hash>();

class HashingStore extends FileStore {
  override write(readable: Readable, id: string, offset: number): Promise<number> {
    const hash = hashes.get(id) ?? createHash('sha256');
    hashes.set(id, hash);
    const hashed = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    readable.on('error', (error) => hashed.destroy(error));
    return super.write(readable.pipe(hashed), id, offset);
  }
}

const tus = new Server({
  path: '/files',
  datastore: new HashingStore({ directory }),
  onUploadFinish: async (_request, upload) => {
    const file = await open(join(directory, upload.id), 'r+');
    await file.sync();
    await file.close();
    const digest = hashes.get(upload.id)!.digest('hex');
    hashes.delete(upload.id);
    return { headers: { 'x-sha256': digest } };
  },
});
const server = createServer((request, response) => void tus.handle(request, response));
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
