/** Compiles `src` to `dist` (decorators need it); types are checked by `npm run check`, not here. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import swc from '@swc/core';

const root = fileURLToPath(new URL('..', import.meta.url));
const options = {
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2023',
    keepClassNames: true,
    rewriteRelativeImportExtensions: true,
  },
  module: { type: 'es6' },
  sourceMaps: true,
};

await rm(join(root, 'dist'), { recursive: true, force: true });
const files = (await readdir(join(root, 'src'), { recursive: true })).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.startsWith('testing/'),
);
for (const file of files) {
  const { code, map } = swc.transformSync(await readFile(join(root, 'src', file), 'utf8'), {
    ...options,
    filename: join(root, 'src', file),
  });
  const out = join(root, 'dist', file.replace(/\.ts$/, '.js'));
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, `${code}\n//# sourceMappingURL=${out.split('/').pop()}.map\n`);
  await writeFile(`${out}.map`, map);
}
console.log(`api: ${files.length} files compiled`);
