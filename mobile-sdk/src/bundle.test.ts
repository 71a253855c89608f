import { execFileSync } from 'node:child_process';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { type BundleSize, core } from '../scripts/bundle-size.ts';

/** Largest bundle of the whole SDK, minified and compressed, in bytes. */
const LIMIT = 210_000;

describe('browser bundle', () => {
  it('builds without a Node built-in and stays within its size', async () => {
    const builtins = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);
    const { outputFiles, metafile } = await build({
      stdin: {
        contents: "export * from '@allod/sdk';",
        resolveDir: fileURLToPath(new URL('..', import.meta.url)),
      },
      bundle: true,
      write: false,
      minify: true,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2023',
    });
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path));
    expect(imports.filter((path) => builtins.has(path))).toEqual([]);
    expect(
      Object.keys(metafile.inputs).filter((path) => path.includes('platform/node') || path.includes('lit-sdk')),
    ).toEqual([]);
    const text = outputFiles[0]!.text;
    expect(text).not.toMatch(/from\s*["']node:/);
    expect(text).not.toMatch(/\brequire\(["']/);
    expect(gzipSync(text).length).toBeLessThan(LIMIT);
  });

  it('needs 70 KB to contribute: no key client, no ABIs, no chain client', async () => {
    const { gzip, inputs, limit } = await core();
    expect(gzip).toBeLessThanOrEqual(limit as number);
    expect(
      inputs.filter((input) => /bls12-381|contracts\/abi|provider-jsonrpc|node_modules\/graphql|h3-js/.test(input)),
    ).toEqual([]);
  });

  it('loads 70 KB at once for the five lines of a contributor: chain, curve and other verbs come when they are called', async () => {
    // In a process of its own: the bundler takes no objects of Jest's world.
    const script =
      "import('./scripts/bundle-size.ts').then(async (m) => console.log(JSON.stringify(await m.contributorBundle())))";
    const options = { cwd: fileURLToPath(new URL('..', import.meta.url)), env: { ...process.env, NODE_OPTIONS: '' } };
    const out = execFileSync(process.execPath, ['-e', script], { ...options, encoding: 'utf8' });
    const { gzip, inputs, limit } = JSON.parse(out) as BundleSize;
    expect(gzip).toBeLessThanOrEqual(limit as number);
    expect(inputs.filter((input) => /bls12-381|contracts\/abi|provider-jsonrpc|transaction\.js/.test(input))).toEqual(
      [],
    );
    expect(inputs.filter((input) => /sealItem|sendBatch|spoolWriter/.test(input))).toHaveLength(3);
  });
});
