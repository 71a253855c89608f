import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from '../../mobile-sdk/scripts/pack.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Installs the SDK into a folder as its users get it: the tarball of `npm pack`, unpacked by itself, and of other packages only those
 * that it names. They are links to the ones installed here, so that no registry is asked.
 */
export async function installPackedSdk(folder: string): Promise<void> {
  const tarball = await pack(join(folder, 'tarball'));
  const modules = join(folder, 'node_modules');
  const sdk = join(modules, '@allod', 'sdk');
  mkdirSync(sdk, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', sdk, '--strip-components=1']);
  const { dependencies, bin } = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    bin: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const places = [join(repository, 'mobile-sdk/node_modules', name), join(repository, 'node_modules', name)];
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(places.find(existsSync) as string, join(modules, name));
  }
  mkdirSync(join(modules, '.bin'));
  for (const [name, program] of Object.entries(bin)) symlinkSync(join(sdk, program), join(modules, '.bin', name));
}
