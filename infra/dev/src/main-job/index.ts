import type { JobReport } from '../report.ts';
import type { Stack } from '../stack.ts';
import { createActors } from './actors.ts';
import { type Contributed, contributeDigits, contributeWeather, createDatasets } from './contribute.ts';
import { labelDigits, until } from './label.ts';
import { createOffers, expectOpened, license, open, publish } from './license.ts';
import { expect, GasBook, type Line, usd } from './line.ts';
import { settle } from './settle.ts';

const ALL = [true, true, true];

/**
 * The whole line through public doors only (SDK, GraphQL, chain): contribute, label, license, decrypt, get paid, and be refused
 * where that is promised. Every step fails unless what it prints holds.
 */
export async function runMainJob(stack: Stack, report: JobReport): Promise<void> {
  const actors = createActors(stack);
  try {
    await runLine({ stack, report, actors, gas: new GasBook() });
  } finally {
    await actors.close();
  }
}

async function runLine(line: Line): Promise<void> {
  const { report, actors, gas } = line;
  const { company, companyOnLit, stranger, contributors } = actors;

  const { digitsId, weatherId } = await report.step('curator creates two datasets', () => createDatasets(line));
  const digits = await report.step('three contributors give digits: encrypted, uploaded, anchored', () =>
    contributeDigits(line, digitsId),
  );
  const labeled = await labelDigits(line, digits);
  const weather = await report.step('three contributors give weather days under three consents', () =>
    contributeWeather(line, weatherId),
  );

  const [digitsVersion, weatherVersion] = await report.step(
    'curator publishes both versions with cap tables and label set',
    async () => {
      await createOffers(line, digitsId, weatherId);
      return [await publish(line, digits), await publish(line, weather)];
    },
  );
  const [weatherTrain, digitsTrain] = await report.step(
    'AI company finds and licenses both datasets by permit',
    async () => [
      await license(line, 'weather station', weatherId, 0),
      await license(line, 'handwritten digits', digitsId, 0),
    ],
  );

  await report.step('opens weather with the light client: no evaluate-only consent', async () => {
    expectOpened(weather, await open(company.client, weather), [true, false, true], 'training license');
  });
  await report.step('opens weather with the genuine Lit SDK: the same answer', async () => {
    expectOpened(
      weather,
      await open(companyOnLit.client, weather),
      [true, false, true],
      'training license through the Lit SDK',
    );
  });
  const weatherEvaluate = await report.step('an evaluation license opens the evaluate-only consent', async () => {
    const bought = await license(line, 'weather station', weatherId, 1);
    expectOpened(weather, await open(company.client, weather), ALL, 'evaluation license');
    return bought;
  });
  await report.step('opens digits and their label set, all bytes equal', () => openDigits(line, digits));
  await report.step('the keepers refuse a stranger', async () => {
    expectOpened(digits, await open(stranger.client, digits), [false, false, false], 'stranger');
  });

  const settled = await report.step('contributors, labelers and curator claim', () =>
    settle(line, [
      { datasetId: digitsId, published: digitsVersion, licensed: [digitsTrain] },
      { datasetId: weatherId, published: weatherVersion, licensed: [weatherTrain, weatherEvaluate] },
    ]),
  );

  await report.step('contributor 2 withdraws consent: the next key request is refused', async () => {
    const { receipt } = await (contributors[1] as (typeof contributors)[0]).client.withdrawConsent({
      datasetId: digitsId,
    });
    expect(receipt, 'a signed receipt of the withdrawal');
    await until('the keepers see the withdrawal', async () => (await open(company.client, digits)).refused.size > 0);
    expectOpened(digits, await open(company.client, digits), [true, false, true], 'after the withdrawal');
  });
  await report.step("contributor 3's consent ends: the next key request is refused", async () => {
    const left = (weather.validUntil[2] as number) * 1000 - Date.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
    await until('the keepers see the end', async () => (await open(company.client, weather)).refused.size > 0);
    expectOpened(weather, await open(company.client, weather), [true, true, false], 'after validUntil');
  });

  report.table(
    'Contributions',
    ['contributor', 'digits', 'weather days', 'from licenses, USD'],
    contributorRows(line, [digits, weather], settled.received),
  );
  report.table(
    'Money',
    ['what', 'USD'],
    [
      ['paid by the AI company for three licenses', usd(settled.claimed + settled.dust)],
      ...[...settled.received].map(([name, amount]) => [`claimed by ${name}`, usd(amount)]),
      ['dust left by rounding', usd(settled.dust)],
      ['paid to labelers by the requester', usd(labeled.paid)],
    ],
  );
  report.table('Gas', ['call', 'times', 'mean gas'], gas.rows());
  report.table(
    'Times',
    ['step', 'time'],
    report.steps.map(({ name, ms }) => [name, `${(ms / 1000).toFixed(1)} s`]),
  );
}

async function openDigits({ actors }: Line, digits: Contributed & { truth: Map<string, string> }): Promise<void> {
  const result = await open(actors.company.client, digits);
  expectOpened(digits, result, ALL, 'training license');
  const labelSet = await result.opened.openLabelSet();
  expect(labelSet?.ok, 'the label set opens with the same license');
  const lines = new TextDecoder().decode(labelSet.bytes).trim().split('\n');
  expect(lines.length === result.equal.length, 'one label per item');
}

function contributorRows({ actors }: Line, given: Contributed[], received: Map<string, bigint>): (string | number)[][] {
  return actors.contributors.map(({ name }, i) => [
    name,
    ...given.map(({ byContributor }) => (byContributor[i] as string[]).length),
    usd(received.get(name) ?? 0n),
  ]);
}
