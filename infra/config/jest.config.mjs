import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const swc = (decorators) => [
  '@swc/jest',
  {
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', decorators },
      ...(decorators ? { transform: { legacyDecorator: true, decoratorMetadata: true } } : {}),
      target: 'es2023',
      experimental: { keepImportAttributes: true },
      keepClassNames: true,
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

const project = (displayName, folder, testMatch, { decorators = false } = {}) => ({
  displayName,
  rootDir: `${root}/${folder}`,
  roots: [`${root}/${folder}`],
  testMatch: testMatch.map((pattern) => `${root}/${folder}/${pattern}`),
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc(decorators) },
  modulePathIgnorePatterns: ['/dist/', '/\\.allod/', '/mobile-sdk/examples/'],
});

/** Every Jest project of the repository; run through `npm test`, which sets `--experimental-vm-modules`. */
export default {
  rootDir: root,
  maxWorkers: Math.max(1, Math.min(2, availableParallelism())),
  testTimeout: 60_000,
  projects: [
    project('protocol', 'contracts/protocol', ['**/*.test.ts']),
    project('sdk', 'mobile-sdk', ['**/*.test.ts']),
    project('api', 'api', ['**/*.spec.ts'], { decorators: true }),
    project('keepers', 'infra/keepers', ['**/*.test.ts']),
    project('dev', 'infra/dev', ['**/*.test.ts']),
    project('test', 'test', ['**/*.test.ts']),
    project('journeys', 'test', ['**/*.e2e.ts']),
  ],
};
