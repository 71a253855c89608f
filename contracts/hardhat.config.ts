import { createRequire } from 'node:module';
import toolbox from '@nomicfoundation/hardhat-toolbox-mocha-ethers';
import { configVariable, defineConfig } from 'hardhat/config';

const compiler = { version: '0.8.37', path: createRequire(import.meta.url).resolve('solc/soljson.js') };

/** How many times as many fuzz runs as in `npm test`; a third as many times as many invariant runs, which cost more. */
const depth = Number(process.env['ALLOD_TEST_DEPTH'] ?? 1);

export default defineConfig({
  plugins: [toolbox],
  paths: { sources: './src', tests: { mocha: './test/integration', solidity: './test' } },
  networks: {
    /** Where `npm run deploy` sends to; both values come from the environment or from Hardhat's keystore. */
    deployment: {
      type: 'http',
      url: configVariable('DEPLOY_RPC_URL'),
      accounts: [configVariable('DEPLOY_PRIVATE_KEY')],
    },
  },
  solidity: {
    profiles: {
      /** For Solidity tests, whose many contracts take the other pipeline minutes. */
      default: {
        ...compiler,
        isolated: false,
        settings: { optimizer: { enabled: true, runs: 10_000 }, evmVersion: 'cancun' },
      },
      /** What `npm run generate` writes to `abi/`, and what is deployed, measured and journeyed on. */
      production: {
        ...compiler,
        isolated: false,
        settings: { optimizer: { enabled: true, runs: 10_000 }, viaIR: true, evmVersion: 'cancun' },
      },
    },
  },
  test: { solidity: { fuzz: { runs: 256 * depth }, invariant: { runs: 48 * Math.ceil(depth / 3), depth: 48 } } },
});
