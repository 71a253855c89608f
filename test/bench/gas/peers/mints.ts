import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { actor } from '../chain.ts';
import type { PeerFigure } from '../report.ts';
import type { World } from '../world.ts';
import { folderOf } from './packages.ts';
import type { PackageName } from './packages.ts';
import type { Peer } from './peer.ts';

const OP = 'purchase, new licensee';

const SOURCES = {
  erc721a: `
    import "erc721a/contracts/ERC721A.sol";
    contract Mint is ERC721A {
      constructor() ERC721A("Mint", "MINT") {}
      function mint(address to) external { _mint(to, 1); }
    }`,
  solady: `
    import "solady/src/tokens/ERC721.sol";
    contract Mint is ERC721 {
      uint256 private _next = 1;
      function name() public pure override returns (string memory) { return "Mint"; }
      function symbol() public pure override returns (string memory) { return "MINT"; }
      function tokenURI(uint256) public pure override returns (string memory) { return ""; }
      function mint(address to) external { _mint(to, _next++); }
    }`,
} as const;

interface Solc {
  compile(input: string, callbacks: { import: (path: string) => { contents: string } }): string;
}

const minting = (name: string, source: keyof typeof SOURCES): Peer => ({
  name,
  packages: [source],
  ops: [OP],
  async measure(world: World): Promise<PeerFigure[]> {
    const { chain, relayer } = world;
    const { contract } = await chain.deploy(relayer.address, compiled(source));
    await contract.send(relayer.address, 'mint', actor(`first holder of ${source}`).address);
    const { gas } = await contract.send(relayer.address, 'mint', actor(`holder of ${source}`).address);
    return [{ op: OP, peer: `${name} mint, without payment or terms`, gas }];
  },
});

/** Only the token: no payment, no terms, no revenue share. Sources only are on npm, compiled with our solc. */
export const erc721a = minting('ERC721A', 'erc721a');
export const solady = minting('solady ERC721', 'solady');

function compiled(name: keyof typeof SOURCES): { abi: []; bytecode: string } {
  const solc = createRequire(import.meta.url)('solc') as Solc;
  const input = {
    language: 'Solidity',
    sources: { 'Mint.sol': { content: `// SPDX-License-Identifier: MIT\npragma solidity ^0.8.28;\n${SOURCES[name]}` } },
    settings: {
      optimizer: { enabled: true, runs: 200 },
      evmVersion: 'cancun',
      outputSelection: { 'Mint.sol': { Mint: ['abi', 'evm.bytecode.object'] } },
    },
  };
  const folder = folderOf(name satisfies PackageName);
  const read = (path: string) => ({ contents: readFileSync(join(folder, path.slice(name.length + 1)), 'utf8') });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as {
    contracts?: { 'Mint.sol'?: { Mint?: { abi: []; evm: { bytecode: { object: string } } } } };
    errors?: { formattedMessage: string; severity: string }[];
  };
  const mint = output.contracts?.['Mint.sol']?.Mint;
  if (mint === undefined) {
    const errors = output.errors?.filter(({ severity }) => severity === 'error');
    throw new Error(`${name} does not compile: ${errors?.[0]?.formattedMessage}`);
  }
  return { abi: mint.abi, bytecode: `0x${mint.evm.bytecode.object}` };
}
