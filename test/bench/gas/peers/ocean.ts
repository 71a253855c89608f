import { MaxUint256, ZeroAddress, getBytes, solidityPackedKeccak256 } from 'ethers';
import { actor } from '../chain.ts';
import type { Deployed } from '../chain.ts';
import type { PeerFigure } from '../report.ts';
import { ALLOWANCE, PRICE, funded } from '../world.ts';
import type { World } from '../world.ts';
import { artifactOf } from './packages.ts';
import type { Peer } from './peer.ts';

const PURCHASE = 'purchase, new licensee';
const UNIT = 10n ** 18n;
const TEMPLATE = 1;
const ENTERPRISE = 2;

/** A data NFT with a datatoken at a fixed price and one payee: published, then bought and ordered by a new consumer. */
export const ocean: Peer = {
  name: 'Ocean',
  packages: ['@oceanprotocol/contracts'],
  ops: ['publish version', PURCHASE],
  async measure(world) {
    const market = await oceanMarket(world);
    const enterprise = await publish(world, market, ENTERPRISE);
    await buyAndOrder(world, market, enterprise, 'first enterprise consumer');
    const standard = await publish(world, market, TEMPLATE);
    await buyThenOrder(world, market, standard, 'first consumer');
    const figures: PeerFigure[] = [
      { op: 'publish version', peer: 'Ocean NFT, datatoken and fixed price, one payee', gas: enterprise.gas },
      {
        op: PURCHASE,
        peer: 'Ocean Enterprise buyFromFreAndOrder',
        gas: await buyAndOrder(world, market, enterprise, 'enterprise consumer'),
      },
      {
        op: PURCHASE,
        peer: 'Ocean buyDT and startOrder, two transactions',
        gas: await buyThenOrder(world, market, standard, 'consumer'),
      },
    ];
    return figures;
  },
};

interface Market {
  readonly factory: Deployed;
  readonly exchange: Deployed;
}

interface Listing {
  readonly datatoken: Deployed;
  readonly exchangeId: string;
  readonly gas: number;
}

const artifact = (path: string) => artifactOf('@oceanprotocol/contracts', `artifacts/contracts/${path}`);

async function oceanMarket({ chain, token, relayer }: World): Promise<Market> {
  const owner = relayer.address;
  const deploy = async (folder: string, name: string, ...args: unknown[]) =>
    (await chain.deploy(owner, artifact(`${folder}${name}.sol/${name}.json`), ...args)).contract;
  const collector = await deploy('communityFee/', 'OPFCommunityFeeCollector', owner, owner);
  const router = await deploy('pools/', 'FactoryRouter', owner, token.address, owner, collector.address, []);
  const exchange = await deploy('pools/fixedRate/', 'FixedRateExchange', router.address);
  const nft = await deploy('templates/', 'ERC721Template');
  const datatoken = await deploy('templates/', 'ERC20Template');
  const enterprise = await deploy('templates/', 'ERC20TemplateEnterprise');
  const factory = await deploy('', 'ERC721Factory', nft.address, datatoken.address, router.address);
  await router.send(owner, 'addFactory', factory.address);
  await router.send(owner, 'addFixedRateContract', exchange.address);
  await factory.send(owner, 'addTokenTemplate', enterprise.address);
  return { factory, exchange };
}

async function publish(world: World, { factory, exchange }: Market, templateIndex: number): Promise<Listing> {
  const owner = world.curator.address;
  const receipt = await factory.send(
    owner,
    'createNftWithErc20WithFixedRate',
    { name: 'Dataset', symbol: 'SET', templateIndex: 1, tokenURI: 'ipfs://x', transferable: true, owner },
    {
      templateIndex,
      strings: ['Access', 'ACC'],
      addresses: [owner, owner, ZeroAddress, ZeroAddress],
      uints: [1_000_000n * UNIT, 0],
      bytess: [],
    },
    {
      fixedPriceAddress: exchange.address,
      addresses: [world.token.address, owner, owner, ZeroAddress],
      uints: [6, 18, (PRICE * UNIT) / 1_000_000n, 0, 1],
    },
  );
  const address = String(factory.event(receipt, 'TokenCreated')['newTokenAddress']);
  const template = templateIndex === ENTERPRISE ? 'ERC20TemplateEnterprise' : 'ERC20Template';
  return {
    datatoken: world.chain.at(artifact(`templates/${template}.sol/${template}.json`).abi, address),
    exchangeId: await exchange.read('generateExchangeId', world.token.address, address),
    gas: receipt.gas,
  };
}

/** An order without fees, signed by a provider, as every order must be. */
function orderOf(consumer: string): readonly unknown[] {
  const provider = actor('data provider');
  const providerFee = {
    providerFeeAddress: provider.address,
    providerFeeToken: ZeroAddress,
    providerFeeAmount: 0,
    validUntil: 0,
    providerData: '0x',
  };
  const hash = solidityPackedKeccak256(
    ['bytes', 'address', 'address', 'uint256', 'uint256'],
    ['0x', provider.address, ZeroAddress, 0, 0],
  );
  const { v, r, s } = provider.signingKey.sign(
    solidityPackedKeccak256(['string', 'bytes32'], ['\x19Ethereum Signed Message:\n32', getBytes(hash)]),
  );
  const marketFee = {
    consumeMarketFeeAddress: ZeroAddress,
    consumeMarketFeeToken: ZeroAddress,
    consumeMarketFeeAmount: 0,
  };
  return [consumer, 1, { ...providerFee, v, r, s }, marketFee];
}

async function buyAndOrder(world: World, market: Market, listing: Listing, name: string): Promise<number> {
  const buyer = await funded(world, name);
  await world.token.send(buyer.address, 'approve', listing.datatoken.address, ALLOWANCE);
  const { gas } = await listing.datatoken.send(buyer.address, 'buyFromFreAndOrder', orderOf(buyer.address), {
    exchangeContract: market.exchange.address,
    exchangeId: listing.exchangeId,
    maxBaseTokenAmount: 2n * PRICE,
    swapMarketFee: 0,
    marketFeeAddress: ZeroAddress,
  });
  return gas;
}

async function buyThenOrder(world: World, market: Market, listing: Listing, name: string): Promise<number> {
  const buyer = await funded(world, name);
  await world.token.send(buyer.address, 'approve', market.exchange.address, MaxUint256);
  const bought = await market.exchange.send(
    buyer.address,
    'buyDT',
    listing.exchangeId,
    UNIT,
    2n * PRICE,
    ZeroAddress,
    0,
  );
  const ordered = await listing.datatoken.send(buyer.address, 'startOrder', ...orderOf(buyer.address));
  return bought.gas + ordered.gas;
}
