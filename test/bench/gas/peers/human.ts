import { actor } from '../chain.ts';
import { funded } from '../world.ts';
import { artifactOf } from './packages.ts';
import type { Peer } from './peer.ts';

const ROUND = 100;
const UNIT = 1_000_000n;
const OP = 'voucher, relayed in rounds of 100';

/** An escrow whose oracles take no fee pays 100 workers who were paid before. */
export const human: Peer = {
  name: 'HUMAN core',
  packages: ['@human-protocol/core'],
  ops: [OP, 'create job'],
  async measure(world) {
    const { chain, token, requester } = world;
    const artifact = (name: string) =>
      artifactOf('@human-protocol/core', `artifacts/contracts/${name}.sol/${name}.json`);
    const launcher = requester.address;
    const { contract: store } = await chain.deploy(launcher, artifact('KVStore'));
    const oracles = ['reputation oracle', 'recording oracle', 'exchange oracle'].map((name) => actor(name).address);
    for (const oracle of oracles) await store.send(oracle, 'set', 'fee', '0');
    const escrow = await chain.deploy(
      launcher,
      artifact('Escrow'),
      token.address,
      launcher,
      launcher,
      365 * 86_400,
      store.address,
    );
    await token.send(launcher, 'mint', escrow.contract.address, 10_000n * UNIT);
    await escrow.contract.send(launcher, 'setup', ...oracles, 'https://example.org/manifest', 'hash of manifest');
    const results = ['https://example.org/results', 'hash of results'] as const;
    await escrow.contract.send(oracles[1]!, 'storeResults(string,string,uint256)', ...results, 5_000n * UNIT);
    const workers: string[] = [];
    for (let index = 0; index < ROUND; index++) workers.push((await funded(world, `worker ${index}`)).address);
    const payOut = async (payoutId: string) => {
      const method = 'bulkPayOut(address[],uint256[],string,string,string,bool)';
      const amounts = workers.map(() => UNIT);
      return (await escrow.contract.send(oracles[0]!, method, workers, amounts, ...results, payoutId, false)).gas;
    };
    await payOut('round 1');
    return [
      { op: OP, peer: 'HUMAN bulkPayOut without fees, per payee', gas: (await payOut('round 2')) / ROUND },
      { op: 'create job', peer: 'HUMAN Escrow, a new one per job', gas: escrow.gas },
    ];
  },
};
