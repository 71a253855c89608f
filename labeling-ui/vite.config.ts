import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * Scripts and styles come from the page's own origin only. Connections stay open to any origin because the addresses
 * of api, chain and keepers are known at run time (`/config.json`); the server may narrow them with its own header.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  'connect-src * ws: wss:',
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
].join('; ');

function securityPolicy(): Plugin {
  return {
    name: 'security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
        injectTo: 'head-prepend',
      },
      { tag: 'meta', attrs: { name: 'referrer', content: 'no-referrer' }, injectTo: 'head-prepend' },
    ],
  };
}

/** With every part that is loaded later: SDK, curves, chain. */
const TOTAL_BUDGET_KIB = 400;
/** Everything that `index.html` loads before the first click must stay under this, gzipped. */
const ENTRY_BUDGET_KIB = 160;

function sizeBudget(): Plugin {
  let print: (line: string) => void = () => undefined;
  return {
    name: 'size-budget',
    apply: 'build',
    configResolved({ logger }) {
      print = (line) => logger.info(line);
    },
    generateBundle(_options, bundle) {
      const kib = (code: string | Uint8Array) => gzipSync(code).length / 1024;
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const first = new Set<string>();
      const follow = (fileName: string): void => {
        if (first.has(fileName)) return;
        first.add(fileName);
        const chunk = bundle[fileName];
        if (chunk?.type === 'chunk') chunk.imports.forEach(follow);
      };
      chunks.filter((chunk) => chunk.isEntry).forEach((chunk) => follow(chunk.fileName));
      const entry = chunks
        .filter((chunk) => first.has(chunk.fileName))
        .reduce((sum, chunk) => sum + kib(chunk.code), 0);
      const all = chunks.reduce((sum, chunk) => sum + kib(chunk.code), 0);
      const line = `script, gzipped: first load ${entry.toFixed(1)} KiB (budget ${ENTRY_BUDGET_KIB}), with lazy parts ${all.toFixed(1)} KiB (budget ${TOTAL_BUDGET_KIB})`;
      if (entry > ENTRY_BUDGET_KIB || all > TOTAL_BUDGET_KIB) this.error(line);
      print(`\n${line}`);
    },
  };
}

export default defineConfig({
  plugins: [react(), securityPolicy(), sizeBudget()],
  build: { target: 'es2023', sourcemap: false, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { host: '127.0.0.1', proxy: { '/config.json': 'http://127.0.0.1:4173' } },
  preview: { host: '127.0.0.1' },
  test: {
    // Only what draws needs a document.
    projects: [
      { extends: true, test: { name: 'plain', environment: 'node', include: ['src/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'screens',
          environment: 'jsdom',
          setupFiles: ['./src/testing/setup.ts'],
          include: ['src/**/*.test.tsx'],
        },
      },
    ],
    restoreMocks: true,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
