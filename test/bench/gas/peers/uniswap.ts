import { concat, keccak256, solidityPackedKeccak256 } from 'ethers';
import { member } from '../chain.ts';
import type { PeerFigure } from '../report.ts';
import { funded } from '../world.ts';
import type { World } from '../world.ts';
import { artifactOf } from './packages.ts';
import type { Peer } from './peer.ts';

const SIZES = [10, 100, 1_000, 10_000];
const AMOUNT = 1_000_000n;

/** One distributor per root; a claim whose bitmap word and payee are in use already. */
export const uniswap: Peer = {
  name: 'Uniswap merkle-distributor',
  packages: ['@uniswap/merkle-distributor'],
  ops: ['publish version', 'claim, first of a version by proof', 'claim, ten cached in one transaction'],
  async measure(world) {
    const figures: PeerFigure[] = [];
    for (const n of SIZES) figures.push(...(await measureSize(world, n)));
    const atThousand = figures.find(({ op, ns }) => op.startsWith('claim, first') && ns?.includes(1_000));
    figures.push({
      op: 'claim, ten cached in one transaction',
      peer: 'Uniswap distributor, ten claims of n = 1,000 in ten transactions',
      gas: atThousand!.gas! * 10,
    });
    return figures;
  },
};

async function measureSize(world: World, n: number): Promise<PeerFigure[]> {
  const { chain, token, relayer } = world;
  const artifact = artifactOf('@uniswap/merkle-distributor', 'build/MerkleDistributor.json');
  const payee = await funded(world, `distributor payee of ${n}`);
  const accounts = Array.from({ length: n }, (_, index) => (index === 1 ? payee.address : member(index)));
  const leaves = accounts.map((account, index) =>
    solidityPackedKeccak256(['uint256', 'address', 'uint256'], [index, account, AMOUNT]),
  );
  const levels = treeOf(leaves);
  const deployed = await chain.deploy(relayer.address, artifact, token.address, levels.at(-1)![0]);
  await token.send(relayer.address, 'mint', deployed.contract.address, AMOUNT * BigInt(n));
  const claim = async (index: number) => {
    const proof = proofOf(levels, leaves[index]!);
    return (await deployed.contract.send(relayer.address, 'claim', index, accounts[index], AMOUNT, proof)).gas;
  };
  await claim(0);
  return [
    { op: 'publish version', ns: [n], peer: 'Uniswap distributor, a new one per root', gas: deployed.gas },
    {
      op: 'claim, first of a version by proof',
      ns: [n],
      peer: 'Uniswap distributor, bitmap word in use',
      gas: await claim(1),
    },
  ];
}

/** The peer's own tree: sorted leaves, sorted pairs, an odd node rises as it is. */
function treeOf(leaves: readonly string[]): string[][] {
  const levels = [[...leaves].sort()];
  while (levels.at(-1)!.length > 1) {
    const below = levels.at(-1)!;
    levels.push(
      Array.from({ length: Math.ceil(below.length / 2) }, (_, index) => {
        const [left, right] = [below[2 * index]!, below[2 * index + 1]];
        return right === undefined ? left : keccak256(concat([left, right].sort()));
      }),
    );
  }
  return levels;
}

function proofOf(levels: readonly string[][], leaf: string): string[] {
  const proof: string[] = [];
  let index = levels[0]!.indexOf(leaf);
  for (const level of levels.slice(0, -1)) {
    const sibling = level[index ^ 1];
    if (sibling !== undefined) proof.push(sibling);
    index >>= 1;
  }
  return proof;
}
