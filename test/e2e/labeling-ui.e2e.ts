import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { abis } from '@allod/contracts';
import type { Digit } from '@allod/dev/src/main-job/real-data.ts';
import { DIGIT_MEDIA_TYPE, digits } from '@allod/dev/src/main-job/real-data.ts';
import type { Stack } from '@allod/dev/src/stack.ts';
import { startStack } from '@allod/dev/src/stack.ts';
import { isAllodError, purposesOf } from '@allod/sdk';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Contract, getBytes, hexlify, JsonRpcProvider, randomBytes, Wallet } from 'ethers';
import type { Browser, Page } from 'playwright-core';
import { Clients } from '../harness/actors.ts';
import { findChromium, launchChromium } from '../harness/chromium.ts';

const PRICE = 50_000n;
const BUDGET = 20_000_000n;
const LABELS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
const TERMS_HASH = `0x${'11'.repeat(32)}`;
/** The answer that the labeler in the browser gets wrong on purpose. */
const WRONG_AT = 4;

const chromiumPath = findChromium();
if (chromiumPath === null) {
  process.stdout.write('SKIPPED labeling-ui in Chromium: none found (install chromium, or set CHROMIUM_PATH)\n');
}
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

jest.setTimeout(180_000);

/** Sees a digit by its pixels: what the page shows must be one of the originals, decrypted. */
function createSight(known: readonly Digit[]): (pixels: Uint8Array) => string {
  const answers = new Map(known.map(({ bytes, label }) => [hexlify(bytes), label]));
  return (pixels) => {
    const label = answers.get(hexlify(pixels));
    if (label === undefined) throw new Error('the page shows something that nobody contributed');
    return label;
  };
}

(chromiumPath === null ? describe.skip : describe)('labeling-ui in Chromium on the real stack', () => {
  let stack: Stack;
  let browser: Browser;
  let page: Page;
  let provider: JsonRpcProvider;
  let jobId: string;
  let sight: (pixels: Uint8Array) => string;
  let account: string;
  const faults: string[] = [];
  let clients: Clients;

  const token = (): Contract => new Contract(stack.deployment.addresses.TestUSD, abis.TestUSD as never, provider);

  /** A funded job on ten digits that one contributor gave. */
  const openJob = async (items: readonly Digit[], quiz: readonly Digit[]): Promise<string> => {
    const { curator, requester, contributor1 } = stack.accounts;
    const curatorClient = clients.withKey(curator.privateKey);
    const requesterClient = clients.withKey(requester.privateKey);
    const contributor = clients.withKey(contributor1.privateKey, { seed: randomBytes(32) });
    const { datasetId } = await curatorClient.createDataset({
      name: 'Digits for the browser',
      description: 'Single handwritten digits.',
      mediaType: DIGIT_MEDIA_TYPE,
      schema: { type: 'image', width: 28, height: 28 },
      purposes: purposesOf('TRAIN', 'LABEL'),
      contributorsBps: 7000,
      floorPrice: 5_000_000n,
    });
    const validUntil = Math.floor(Date.now() / 1000) + 86_400;
    await contributor.grantConsent({
      datasetId,
      purposes: purposesOf('TRAIN', 'LABEL'),
      validUntil,
      termsHash: TERMS_HASH,
    });
    await contributor.contribute({
      datasetId,
      items: items.map(({ bytes }) => ({ bytes, mediaType: DIGIT_MEDIA_TYPE })),
    });
    const minted = (await token().connect(new Wallet(requester.privateKey, provider))) as Contract;
    await (await minted.getFunction('mint')(requester.address, BUDGET)).wait();
    const draft = await requesterClient.createJob({
      datasetId,
      title: 'Which digit is this?',
      instructions: 'Choose the digit that you see. Skip what you cannot read.',
      labels: LABELS,
      price: PRICE,
      budget: BUDGET,
      dailyCap: BUDGET,
      quizBudget: 2_000_000n,
      overlapMin: 3,
      overlapMax: 3,
      secondsPerTask: 6,
      holdLabels: 0,
      quiz: quiz.map(({ bytes, label }) => ({ bytes, mediaType: DIGIT_MEDIA_TYPE, answer: label })),
    });
    const approval = await curatorClient.approveJob({ jobId: draft.job.id });
    await requesterClient.fundJob({ draft, approval });
    return draft.job.id;
  };

  /** A labeler without a browser, who answers right until nothing is left. */
  const labelByScript = async (privateKey: string): Promise<void> => {
    const client = clients.withKey(privateKey);
    const tasks = await client.takeQuiz({ jobId });
    await client.submitQuiz({ jobId, answers: tasks.map(({ bytes }) => sight(bytes)) });
    let waited = 0;
    let nothingLeft = 0;
    while (waited < 80 && nothingLeft <= 5) {
      try {
        const { assignment, bytes } = await client.acceptAssignment({ jobId });
        await client.submitAnnotation({ assignment, value: sight(bytes) });
        nothingLeft = 0;
      } catch (error) {
        if (!isAllodError(error, 'NO_TASK', 'NOT_QUALIFIED', 'NOT_AUTHORIZED', 'RESERVE_PENDING', 'UNAVAILABLE'))
          throw error;
        // Another labeler may hold the last task for a moment, so one "nothing left" is not the end.
        nothingLeft = isAllodError(error, 'NO_TASK') ? nothingLeft + 1 : 0;
        waited += 1;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
    const [earnings] = await client.getEarnings({ jobId });
    expect(earnings?.outcomes).toHaveLength(10);
  };

  /** The gray values of the item on the page. */
  const readPixels = async (selector: string): Promise<Uint8Array> => {
    const values = await page.$eval(selector, (element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return Array.from({ length: canvas.width * canvas.height }, (_, pixel) => data[pixel * 4]!);
    });
    return Uint8Array.from(values);
  };

  /** Looks for what a screen reader or a keyboard would stumble over. */
  const expectAccessible = async (where: string): Promise<void> => {
    await page.evaluate(axeSource);
    const violations = await page.evaluate(async () => {
      const holder = globalThis as {
        axe?: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const { violations: found } = await holder.axe!.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] });
      return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    expect({ where, violations }).toEqual({ where, violations: [] });
  };

  const openPage = async (): Promise<Page> => {
    const opened = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    opened.on('pageerror', (error) => faults.push(error.message));
    opened.on('console', (message) => {
      const unreachable = message.text().startsWith('Failed to load resource: net::ERR_');
      if (message.type() === 'error' && !unreachable) faults.push(message.text());
    });
    return opened;
  };

  beforeAll(async () => {
    stack = await startStack();
    clients = new Clients(stack);
    provider = new JsonRpcProvider(stack.urls.rpc, stack.chainId, {
      staticNetwork: true,
      cacheTimeout: -1,
      pollingInterval: 100,
    });
    const items = digits(1);
    const quiz = digits(1, 50);
    sight = createSight([...items, ...quiz]);
    jobId = await openJob(items, quiz);
    browser = await launchChromium(chromiumPath!);
    page = await openPage();
  });

  afterAll(async () => {
    await browser?.close();
    await clients?.close();
    provider?.destroy();
    await stack?.stop();
  });

  test('a visitor sees pay, time and escrow, read from the chain, before any account', async () => {
    await page.goto(stack.urls.ui);
    const job = page.getByRole('article', { name: 'Which digit is this?' });
    await job.getByText('$0.05').waitFor();
    await job.getByText('$30.00').waitFor();
    await job.getByText(/of \$20.00 funded, read from the chain/).waitFor();
    await page.getByText(/One operator runs every key keeper/).waitFor();
    await expectAccessible('jobs');
  });

  test('a development wallet signs in', async () => {
    await page.getByRole('link', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Create a development wallet' }).waitFor();
    await expectAccessible('sign in');
    await page.getByRole('button', { name: 'Create a development wallet' }).click();
    await page.getByText('development wallet', { exact: true }).waitFor();
    account = (await page.locator('.account code').getAttribute('title'))!;
    expect(account).toMatch(/^0x[0-9a-fA-F]{40}$/);
  });

  test('the quiz is passed by keyboard, and the chain lists the account', async () => {
    await page.getByRole('link', { name: 'Take the quiz (10 questions)' }).click();
    for (let index = 1; index <= 10; index += 1) {
      await page.getByText(`Question ${index} of 10`).waitFor();
      if (index === 1) await expectAccessible('quiz');
      await page.keyboard.press(sight(await readPixels('.quiz canvas')));
    }
    await page.getByRole('button', { name: 'Send answers' }).click();
    await page.getByText('Passed: 10 of 10 right').waitFor();
    await page.getByText('You are qualified.').waitFor({ timeout: 60_000 });
    const escrow = new Contract(stack.deployment.addresses.LabelEscrow, abis.LabelEscrow as never, provider);
    expect(await escrow.getFunction('isQualified')(jobId, account)).toBe(true);
  });

  test('items are decrypted in the page and labeled by keyboard, skip and undo included', async () => {
    await page.getByRole('link', { name: 'Start labeling' }).click();
    await page.getByRole('region', { name: 'Before you accept' }).waitFor();
    await expectAccessible('terms');
    await page.getByRole('button', { name: /Take a task/ }).click();
    for (let count = 0; count < 7; count += 1) {
      const canvas = page.locator('.stage canvas');
      await canvas.waitFor({ timeout: 60_000 });
      const truth = sight(await readPixels('.stage canvas'));
      if (count === 0) {
        await expectAccessible('label');
        await page.keyboard.press(String((Number(truth) + 5) % 10));
        await page.getByText(/Press u to undo/).waitFor();
        await page.keyboard.press('u');
        await page.getByText('Undone. The item is back.').waitFor();
        expect(sight(await readPixels('.stage canvas'))).toBe(truth);
      }
      await page.keyboard.press(count === WRONG_AT ? String((Number(truth) + 1) % 10) : truth);
      await page.keyboard.press('Enter');
      await page
        .getByText(`${count + 1} ${count === 0 ? 'label' : 'labels'}`, { exact: true })
        .waitFor({ timeout: 30_000 });
    }
  });

  test('an answer survives kill -9 of the api', async () => {
    await page.locator('.stage canvas').waitFor({ timeout: 60_000 });
    const truth = sight(await readPixels('.stage canvas'));
    stack.parts.api.kill('SIGKILL');
    await page.keyboard.press(truth);
    await page.keyboard.press('Enter');
    await page.getByText('8 labels', { exact: true }).waitFor({ timeout: 60_000 });
  });

  test('too few keepers: the page says so, and goes on by itself when they are back', async () => {
    const down = stack.parts.keepers.slice(0, 2);
    await Promise.all(down.map((keeper) => keeper.stop()));
    await page.reload();
    await page.getByRole('button', { name: /Take a task/ }).click();
    await page.getByText(/Too few key keepers answered/).waitFor({ timeout: 60_000 });
    await Promise.all(down.map((keeper) => keeper.start()));
    await page.locator('.stage canvas').waitFor({ timeout: 60_000 });
    await page.keyboard.press(sight(await readPixels('.stage canvas')));
    await page.keyboard.press('Enter');
    await page.getByText('1 label', { exact: true }).waitFor({ timeout: 30_000 });
  });

  test('an answer outlives the page: it is sent when the tab comes back', async () => {
    await page.locator('.stage canvas').waitFor({ timeout: 60_000 });
    await page.getByLabel('Undo for').selectOption('10000');
    await page.keyboard.press(sight(await readPixels('.stage canvas')));
    await page.getByText(/Press u to undo/).waitFor();
    page.once('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await page.getByRole('button', { name: /Take a task/ }).click();
    await page.getByText('Nothing left for you in this job').waitFor({ timeout: 60_000 });
    const key = await page.evaluate(() => sessionStorage.getItem('allod.developmentKey'));
    const [earnings] = await clients.withKey(key!).getEarnings({ jobId });
    expect(earnings?.outcomes).toHaveLength(10);
  });

  test('earnings show each verdict with its reason in words, and are withdrawn on chain', async () => {
    await Promise.all(
      [stack.accounts.labeler1, stack.accounts.labeler2].map(({ privateKey }) => labelByScript(privateKey)),
    );
    await page.getByRole('link', { name: 'Earnings', exact: true }).click();
    const refusals = page.getByRole('button', { name: /^Refused 1/ });
    await refusals.waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: /^Pending 0/ }).waitFor({ timeout: 60_000 });
    await refusals.click();
    await page.getByText(/The answers of the others alone make yours very unlikely/).waitFor();
    await page.getByText('Evidence').click();
    await page.getByText(/2 other labelers answered, 2 of them chose another label than you/).waitFor();
    await expectAccessible('earnings');

    const before: bigint = await token().getFunction('balanceOf')(account);
    const withdraw = page.getByRole('button', { name: /^Withdraw \$/ });
    const shown = (await withdraw.textContent())!.replace('Withdraw $', '');
    await withdraw.click();
    await page.getByText(/Withdrawn. Transaction/).waitFor({ timeout: 60_000 });
    const paid: bigint = (await token().getFunction('balanceOf')(account)) - before;
    expect(paid).toBe(BigInt(Math.round(Number(shown) * 1e6)));
    expect(paid).toBeGreaterThanOrEqual(9n * PRICE);
    await page.getByRole('region', { name: 'Withdrawals' }).getByText(`$${shown}`).waitFor();
  });

  test('a wallet of the browser signs in by EIP-1193, and its no is respected', async () => {
    const signer = new Wallet(stack.accounts.labeler3.privateKey, provider);
    const context = await browser.newContext();
    const other = await context.newPage();
    let willing = false;
    await other.exposeFunction('askWallet', async (method: string, params: unknown[]): Promise<unknown> => {
      if (method === 'eth_requestAccounts' || method === 'eth_accounts') return [signer.address];
      if (method === 'personal_sign') return willing ? signer.signMessage(getBytes(String(params[0]))) : null;
      return provider.send(method, params);
    });
    await other.addInitScript(() => {
      const { askWallet } = globalThis as unknown as { askWallet(method: string, params: unknown[]): Promise<unknown> };
      const request = async ({ method, params = [] }: { method: string; params?: unknown[] }) => {
        const answer = await askWallet(method, params);
        if (answer === null && method === 'personal_sign')
          throw Object.assign(new Error('User rejected'), { code: 4001 });
        return answer;
      };
      Object.assign(globalThis, { ethereum: { request } });
    });
    await other.goto(`${stack.urls.ui}/sign-in`);
    await other.getByRole('button', { name: 'Use my wallet' }).click();
    await other.getByText('You declined to sign. Nothing happened.').waitFor();
    willing = true;
    await other.getByRole('button', { name: 'Use my wallet' }).click();
    await other.locator(`code[title="${signer.address}"]`).waitFor();
    await other.getByRole('link', { name: 'Take the quiz (10 questions)' }).waitFor();
    expect(await other.getByText('development wallet', { exact: true }).count()).toBe(0);
    await context.close();
  });

  test('the page ran without a script error and in dark mode stays readable', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    // Colours fade over; contrast is that of the colours they reach.
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
    await expectAccessible('earnings, dark');
    await page.goto(stack.urls.ui);
    await page.getByRole('article', { name: 'Which digit is this?' }).waitFor();
    await expectAccessible('jobs, dark');
    expect(faults).toEqual([]);
  });
});
