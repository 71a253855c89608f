import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Stack, startStack } from '@allod/dev/src/stack.ts';
import { purposesOf } from '@allod/protocol';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Clients } from '../harness/actors.ts';
import { installPackedSdk } from '../harness/packed-sdk.ts';

jest.setTimeout(300_000);

const TEXT = 'seven, written by hand';
const TERMS_HASH = `0x${'22'.repeat(32)}`;
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Code blocks of a language after a heading or a line in bold, up to the next one, as they stand there. */
function blocksOf(readme: string, title: string, language: string): string[] {
  const section = readme.split(`\n${title}`)[1]?.split(/\n#|\n\*\*/)[0] ?? '';
  return [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter(([, each]) => each === language)
    .map(([, , code]) => code as string);
}

/** What every program is given: addresses and secrets, which no README can name. */
const GIVEN = `const { env } = await import('node:process');
const { api, chainId, contracts, networkKey, keeperRegistry, rpcUrl, datasetId, keys } = JSON.parse(env.GIVEN);
const rpcUrls = [rpcUrl];
const termsHash = '${TERMS_HASH}';
const validUntil = Math.floor(Date.now() / 1000) + 86_400;
const bytes = new TextEncoder().encode(env.TEXT);
const said = {};
const say = () => console.log(JSON.stringify(said));
`;

describe('the quickstart, as written, with the package as it is published', () => {
  const folder = mkdtempSync(join(tmpdir(), 'allod-quickstart-'));
  let stack: Stack;
  let clients: Clients;
  let datasetId: string;

  /** Runs a program in the folder where the package is installed. @returns what it said */
  async function run(command: string, args: string[], env: Record<string, string> = {}): Promise<string> {
    const { urls, chainId, deployment, network, accounts } = stack;
    const keys = { contributor: accounts.contributor1.privateKey, company: accounts.company.privateKey };
    const { KeeperRegistry: keeperRegistry } = deployment.addresses;
    const given = { api: urls.api, chainId, contracts: deployment.addresses, networkKey: network.networkKey };
    const child = spawn(command, args, {
      cwd: folder,
      env: {
        PATH: [join(folder, 'node_modules', '.bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
        HOME: folder,
        GIVEN: JSON.stringify({ ...given, keeperRegistry, rpcUrl: urls.rpc, datasetId, keys }),
        TEXT,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    if (code !== 0) throw new Error(`${command} ended with ${code}:\n${err}\n${out}`);
    return out;
  }
  async function runProgram(name: string, code: string): Promise<Record<string, unknown>> {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(path, code);
    const out = await run(process.execPath, [path]);
    return JSON.parse(out.trim().split('\n').at(-1)!) as Record<string, unknown>;
  }

  beforeAll(async () => {
    [stack] = await Promise.all([startStack(), installPackedSdk(folder)]);
    clients = new Clients(stack);
    const curator = clients.of('curator');
    ({ datasetId } = await curator.createDataset({
      name: 'Handwritten digits',
      description: 'Single handwritten digits',
      mediaType: 'image/png',
      schema: { type: 'image' },
      purposes: purposesOf('TRAIN', 'LABEL'),
      contributorsBps: 7000,
      floorPrice: 1_000_000n,
    }));
    const offer = { price: 10_000_000n, duration: 30 * 86_400, purposes: purposesOf('TRAIN'), seats: 1 };
    await curator.createOffer({ datasetId, ...offer, termsHash: TERMS_HASH });
  });
  afterAll(async () => {
    await clients?.close();
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('of a contributor and an AI company in the first README: from consent to income to withdrawal', async () => {
    const readme = read('README.md');
    const [start] = blocksOf(readme, '## Start in a few lines', 'ts');
    const [contributor] = blocksOf(readme, '**Contributor**', 'ts');
    const [company] = blocksOf(readme, '**AI company**', 'ts');
    const imports = `import { createClient, createLightKeyGate, purposesOf } from '@allod/sdk';
import { JsonRpcProvider, Wallet } from 'ethers';
${GIVEN}
const provider = new JsonRpcProvider(rpcUrl, chainId, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 100 });
`;
    const companyProgram = `${imports}
const signer = new Wallet(keys.company, provider);
const seed = undefined;
const saved = [];
const save = async (id, opened) => saved.push([id, new TextDecoder().decode(opened)]);
${start}
${company}
said.saved = saved;
say();
await client.close(); provider.destroy();`;
    const contributorProgram = `${imports}
import { existsSync, writeFileSync } from 'node:fs';
const signer = new Wallet(keys.contributor, provider);
const seed = crypto.getRandomValues(new Uint8Array(32));
const payee = signer.address;
const untilSold = async () => {
  writeFileSync('given', '');
  while (!existsSync('sold')) await new Promise((resolve) => setTimeout(resolve, 100));
};
${start}
${contributor!.replace(/^await client\.claim/m, 'await untilSold();\n$&')}
said.contributionIds = contributionIds;
say();
await client.close(); provider.destroy();`;
    expect(contributorProgram).toContain('await untilSold();');

    const giving = runProgram('contributor', contributorProgram);
    const given = async (): Promise<void> => {
      while (!existsSync(join(folder, 'given'))) await sleep(100);
    };
    await Promise.race([giving, given()]);
    const curator = clients.of('curator');
    await curator.closeIntake({ datasetId });
    const draft = await curator.prepareVersion({ datasetId });
    const { version } = await curator.publishVersion({ datasetId, draft });
    await curator.waitForVersion({ datasetId, version });
    const isListed = async (): Promise<boolean> =>
      (await curator.findDatasets({ search: 'handwritten digits' })).datasets[0]?.latestVersion?.state === 'OPEN';
    while (!(await isListed())) await sleep(200);
    const { saved } = await runProgram('company', companyProgram);
    writeFileSync(join(folder, 'sold'), '');
    const { contributionIds } = await giving;
    expect(saved).toEqual([[(contributionIds as string[])[0], TEXT]]);
  });

  test('of a contributor in the README of the SDK: proof, readings, erasure', async () => {
    const readme = read('mobile-sdk/README.md');
    const [start] = blocksOf(readme, '## Start', 'ts');
    const [contributing, ...others] = blocksOf(readme, '### A contributor', 'ts');
    const more = others.find((code) => code.includes('startUploads'));
    const program = `${GIVEN}
const seed = crypto.getRandomValues(new Uint8Array(32));
const directory = new URL('./device', import.meta.url).pathname;
const shown = new Set();
const render = (state, share) => shown.add(state);
const warn = (type) => shown.add(type);
${start}
${contributing}
const contributionId = contributionIds[0];
${more}
await client.flush({ datasetId });
while ((await client.getQueue()).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
said.states = [...shown];
said.index = proof.index;
said.refs = [];
for await (const each of client.getContributions({ datasetId })) said.refs.push([each.id === contributionId, each.state]);
await client.close();
say();`;
    const { states, index, refs } = await runProgram('device', program);
    expect(states).toEqual(expect.arrayContaining(['QUEUED', 'UPLOADING', 'COMMITTED']));
    expect(index).toBe(0);
    expect(refs).toContainEqual([true, 'WITHDRAWN']);
    expect(refs).toContainEqual([false, expect.stringMatching(/COMMITTED|ANCHORED/)]);
  });

  test('of a shell in the README of the SDK: a seed, a consent, a picture, its state', async () => {
    const [commands] = blocksOf(read('mobile-sdk/README.md'), '### Privacy and collectors', 'sh');
    const home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    const { urls, chainId, chainName, deployment, network } = stack;
    const chain = { chainId, name: chainName, rpcUrls: [urls.rpc], contracts: deployment.addresses };
    writeFileSync(join(home, 'network.json'), JSON.stringify({ api: urls.api, chain, networkKey: network.networkKey }));
    writeFileSync(
      join(folder, 'one.jpg'),
      Buffer.from('ffd8fffe0008nowhereffda0008010100003f0011ffd9'.replace('nowhere', '6e6f77686572'), 'hex'),
    );
    const out = await run('sh', ['-e', '-c', commands!.replace(/^allod recompute.*$/m, '')], {
      ALLOD_HOME: home,
      DATASET: datasetId,
      TERMS: TERMS_HASH,
    });
    expect(out).toMatch(/0x[0-9a-f]{64}.*(COMMITTED|ANCHORED)/);
    expect(await run('allod', ['--help'])).toContain('Contribute data that only your consent opens');
  });
});
