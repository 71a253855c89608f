import { Interface, ZeroAddress } from 'ethers';
import type { PeerFigure } from '../report.ts';
import { ALLOWANCE, PRICE, funded } from '../world.ts';
import { artifactOf } from './packages.ts';
import type { Peer } from './peer.ts';

const LOCK_VERSION = 15;
const MONTH = 30 * 86_400;

/** A lock with one beneficiary: a key bought by a new holder in tokens, then extended. */
export const unlock: Peer = {
  name: 'Unlock',
  packages: ['@unlock-protocol/contracts', '@openzeppelin/contracts'],
  ops: [
    'publish version',
    'purchase, new licensee',
    'renewal',
    'purchase by permit, new licensee',
    'purchase by EIP-3009, new licensee',
  ],
  async measure(world) {
    const { chain, token, curator, relayer } = world;
    const artifact = (path: string) => artifactOf('@unlock-protocol/contracts', `dist/abis/${path}.json`);
    const lockArtifact = artifact(`PublicLock/PublicLockV${LOCK_VERSION}`);
    const factoryArtifact = artifact('Unlock/UnlockV14');
    const { contract: code } = await chain.deploy(relayer.address, factoryArtifact);
    const proxyArtifact = artifactOf('@openzeppelin/contracts', 'build/contracts/ERC1967Proxy.json');
    const owned = code.abi.encodeFunctionData('initialize', [relayer.address]);
    const { contract: proxy } = await chain.deploy(relayer.address, proxyArtifact, code.address, owned);
    const factory = chain.at(factoryArtifact.abi, proxy.address);
    const { contract: template } = await chain.deploy(relayer.address, lockArtifact);
    await factory.send(relayer.address, 'addLockTemplate', template.address, LOCK_VERSION);
    await factory.send(relayer.address, 'setLockTemplate', template.address);
    const setUp = new Interface(lockArtifact.abi).encodeFunctionData('initialize', [
      curator.address,
      MONTH,
      token.address,
      PRICE,
      10n ** 9n,
      'dataset',
    ]);
    const created = await factory.send(
      curator.address,
      'createUpgradeableLockAtVersion(bytes,uint16)',
      setUp,
      LOCK_VERSION,
    );
    const lock = chain.at(lockArtifact.abi, String(factory.event(created, 'NewLock')['newLockAddress']));

    const purchase = async (name: string) => {
      const buyer = await funded(world, name);
      const approve = (await token.send(buyer.address, 'approve', lock.address, ALLOWANCE)).gas;
      const terms = {
        value: PRICE,
        recipient: buyer.address,
        referrer: ZeroAddress,
        protocolReferrer: ZeroAddress,
        keyManager: ZeroAddress,
        data: '0x',
        additionalPeriods: 0,
      };
      const method = 'purchase((uint256,address,address,address,address,bytes,uint256)[])';
      const { gas } = await lock.send(buyer.address, method, [terms]);
      return { buyer, approve, gas };
    };
    await purchase('first key holder');
    const { buyer, approve, gas } = await purchase('key holder');
    const tokenId = await lock.read<bigint>('tokenOfOwnerByIndex', buyer.address, 0);
    const extended = await lock.send(buyer.address, 'extend', PRICE, tokenId, ZeroAddress, '0x');
    const gasless = { peer: 'Unlock approve and purchase, two transactions', gas: approve + gas };
    const figures: PeerFigure[] = [
      { op: 'publish version', peer: 'Unlock create lock, one beneficiary', gas: created.gas },
      { op: 'purchase, new licensee', peer: 'Unlock purchase', gas },
      { op: 'renewal', peer: 'Unlock extend', gas: extended.gas },
      { op: 'purchase by permit, new licensee', ...gasless },
      { op: 'purchase by EIP-3009, new licensee', ...gasless },
    ];
    return figures;
  },
};
