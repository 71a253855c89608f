/**
 * `npm run pack -w @allod/sdk [-- FOLDER]`: the package as it is published, compiled, with declarations and the parts of this
 * repository that it needs inside, as a tarball in FOLDER (default: here). Prints the tarball's path.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const repository = dirname(root.replace(/\/$/, ''));
type Manifest = Record<string, unknown> & {
  dependencies: Record<string, string>;
  exports: Record<string, string | Record<string, string>>;
  bin: Record<string, string>;
};
const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')) as Manifest;
/** Packages of this repository that go inside: nobody else can install them. */
const INSIDE = { '@allod/protocol': 'contracts/protocol', '@allod/contracts': 'contracts' };
const ENTRIES = { '@allod/protocol': 'contracts/protocol/src/index', '@allod/contracts': 'contracts/abi/index' };

/** Path of a compiled module without its ending, for a source below `src`. */
const compiled = (source: string): string => source.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '');

async function compile(folder: string, sources: readonly string[]): Promise<void> {
  await build({
    entryPoints: sources.map((source) => join(root, source)),
    outbase: join(root, 'src'),
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    // Conditions of other packages are left to whoever bundles this one.
    platform: 'neutral',
    target: 'es2022',
    sourcemap: true,
    plugins: [
      {
        name: 'others-stay-outside',
        setup: ({ onResolve }) =>
          void onResolve({ filter: /^[^.]/ }, ({ path, kind }) =>
            kind === 'entry-point' || Object.keys(INSIDE).some((name) => path === name || path.startsWith(`${name}/`))
              ? undefined
              : { path, external: true },
          ),
      },
    ],
  });
}

/** Declarations of the package and of what goes inside, with their imports of each other as relative paths. */
function declare(folder: string): void {
  const types = join(folder, 'types');
  const settings = join(root, 'tsconfig.json');
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const project = join(folder, 'tsconfig.json');
  const include = Object.values(manifestOf('mobile-sdk').exports)
    .flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)))
    .map((source) => join(root, source))
    .concat(Object.values(ENTRIES).map((entry) => join(repository, `${entry}.ts`)));
  const compilerOptions = {
    noEmit: false,
    emitDeclarationOnly: true,
    declaration: true,
    rootDir: repository,
    outDir: types,
  };
  const typeRoots = [join(repository, 'node_modules', '@types')];
  writeFileSync(
    project,
    JSON.stringify({
      extends: settings,
      compilerOptions: { ...compilerOptions, typeRoots },
      files: include,
      include: [],
    }),
  );
  execFileSync(process.execPath, [tsc, '-p', project], { stdio: ['ignore', 'inherit', 'inherit'] });
  rmSync(project);
  for (const entry of readdirSync(types, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const inside = (name: keyof typeof ENTRIES): string =>
      relative(dirname(path), join(types, `${ENTRIES[name]}.js`)).replace(/^(?!\.)/, './');
    const text = readFileSync(path, 'utf8')
      .replace(/(['"])(@allod\/(?:protocol|contracts))\1/g, (_, quote, name) => quote + inside(name as never) + quote)
      .replace(/((?:from|import)\s*\(?\s*['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2');
    writeFileSync(path, text);
  }
}

function publishedManifest(): Manifest {
  const own = manifestOf('mobile-sdk');
  const entryOf = (source: string): Record<string, string> => ({
    types: source.replace(/^\.\/src\//, './types/mobile-sdk/src/').replace(/\.ts$/, '.d.ts'),
    default: `${compiled(source)}.js`,
  });
  const dependencies: Record<string, string> = {};
  for (const folder of [...Object.values(INSIDE), 'mobile-sdk'])
    for (const [name, version] of Object.entries(manifestOf(folder).dependencies))
      if (!(name in INSIDE)) dependencies[name] = version;
  const { name, version, license, type, sideEffects, optionalDependencies } = own;
  return {
    ...{ name, version, license, type, sideEffects },
    exports: Object.fromEntries(
      Object.entries(own.exports).map(([path, entry]) => [
        path,
        typeof entry === 'string'
          ? entryOf(entry)
          : Object.fromEntries(Object.entries(entry).map(([condition, source]) => [condition, entryOf(source)])),
      ]),
    ) as never,
    bin: Object.fromEntries(Object.entries(own.bin).map(([command, source]) => [command, `${compiled(source)}.js`])),
    dependencies: Object.fromEntries(Object.entries(dependencies).sort(([a], [b]) => (a < b ? -1 : 1))),
    optionalDependencies,
    engines: { node: '>=22' },
    files: ['dist', 'types'],
  };
}

/** Makes the tarball. @returns its path */
export async function pack(target: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'allod-pack-'));
  try {
    const manifest = publishedManifest();
    const own = manifestOf('mobile-sdk');
    const sources = [...Object.values(own.exports), own.bin].flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    );
    await compile(folder, [...new Set(sources)]);
    declare(folder);
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
    cpSync(join(root, 'README.md'), join(folder, 'README.md'));
    cpSync(join(repository, 'LICENSE'), join(folder, 'LICENSE'));
    for (const program of Object.values(manifest.bin)) chmodSync(join(folder, program), 0o755);
    mkdirSync(target, { recursive: true });
    const options = { cwd: folder, encoding: 'utf8' as const };
    const file = execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(target)], options).trim();
    return join(resolve(target), file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) console.log(await pack(process.argv[2] ?? process.cwd()));
