/**
 * Loaded before a process where no tmpfs can be mounted: while the file ALLOD_FULL_SIGN exists, every new file below
 * ALLOD_FULL_FOLDER is created, takes a part of what is written, and then there is no room left; as on a real full disk.
 */
import { existsSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const folder = `${process.env['ALLOD_FULL_FOLDER'] as string}/`;
const sign = process.env['ALLOD_FULL_SIGN'] as string;

const noRoom = (path: string): Error =>
  Object.assign(new Error(`ENOSPC: no space left on device, write '${path}'`), { code: 'ENOSPC', syscall: 'write' });

const open = promises.open.bind(promises);
promises.open = async (path, flags, mode) => {
  const handle = await open(path, flags, mode);
  if (!String(path).startsWith(folder) || !/[wax+]/.test(String(flags ?? 'r'))) return handle;
  const writeFile = handle.writeFile.bind(handle);
  handle.writeFile = async (data, options) => {
    if (!existsSync(sign)) return writeFile(data, options);
    await handle.write(Buffer.from('half'));
    throw noRoom(String(path));
  };
  return handle;
};
syncBuiltinESMExports();
