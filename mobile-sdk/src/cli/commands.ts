import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type PurposeName, purposesOf } from '@allod/protocol';
import type { Client } from '../client.ts';
import { fileSource } from '../platform/node/fileSource.ts';
import { imageFormat, stripImage } from '../privacy/strip.ts';
import { createSeed, deleteSeed, loadSeed, recoveryPhrase, saveSeed, seedFromPhrase } from '../seed/index.ts';
import { Exit, type Io, UsageError } from './io.ts';
import type { Device } from './open.ts';
import { drawProgress } from './progress.ts';

export interface Flags {
  dataset?: string | undefined;
  id?: string | undefined;
  purposes?: string | undefined;
  until?: string | undefined;
  terms?: string | undefined;
  'min-price'?: string | undefined;
  type?: string | undefined;
  out?: string | undefined;
  queued?: boolean | undefined;
  'keep-metadata'?: boolean | undefined;
  'include-refused'?: boolean | undefined;
}

/** What a command found or did, for people as lines and for programs as one JSON value. */
export interface Outcome {
  code: number;
  lines: string[];
  value: unknown;
}

export interface Context {
  io: Io;
  device: Device;
  flags: Flags;
  args: string[];
}

export interface Command {
  usage: string;
  help: string;
  run(context: Context): Promise<Outcome>;
}

const ok = (value: unknown, ...lines: string[]): Outcome => ({ code: Exit.ok, lines, value });

function needed(flags: Flags, name: keyof Flags): string {
  const value = flags[name];
  if (typeof value !== 'string') throw new UsageError(`--${name} is missing`);
  return value;
}

/** A command of an open client, which is closed afterwards. */
const onClient =
  (run: (client: Client, context: Context) => Promise<Outcome>): Command['run'] =>
  async (context) => {
    const client = await context.device.client();
    client.on('state', drawProgress(context.io));
    try {
      return await run(client, context);
    } finally {
      await client.close();
    }
  };

const MEDIA_TYPES: Record<string, string> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.json': 'application/json',
  '.csv': 'text/csv',
  '.txt': 'text/plain',
};
/** Larger files are taken for video or archives, and read as a stream. */
const LARGEST_IMAGE = 64_000_000;

/** A file as an item; metadata of pictures is taken out unless it shall be kept. */
async function itemOf(path: string, { type, 'keep-metadata': keep }: Flags) {
  const mediaType = type ?? MEDIA_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
  if (keep || (await stat(path)).size > LARGEST_IMAGE) return { bytes: await fileSource(path), mediaType };
  const bytes = new Uint8Array(await readFile(path));
  const isPicture = mediaType.startsWith('image/') || imageFormat(bytes) !== undefined;
  return { bytes: isPicture ? stripImage(bytes).bytes : await fileSource(path), mediaType };
}

export const commands: Record<string, Command> = {
  init: {
    usage: 'init',
    help: 'make a seed for this device; write its phrase down with `allod phrase`',
    run: async ({ device: { platform } }) => {
      if (await loadSeed(platform.keyStore)) return ok({ made: false }, 'this device has a seed already');
      await saveSeed(platform.keyStore, createSeed());
      return ok({ made: true }, 'a seed was made; now run `allod phrase` and write the 24 words down');
    },
  },
  phrase: {
    usage: 'phrase',
    help: 'print the 24 words; whoever reads them is the contributor',
    run: async ({ device: { platform } }) => {
      const seed = await loadSeed(platform.keyStore);
      if (!seed) throw new UsageError('this device has no seed');
      const phrase = recoveryPhrase(seed);
      return ok({ phrase }, phrase);
    },
  },
  restore: {
    usage: 'restore < PHRASE',
    help: 'take the seed of 24 words from standard input',
    run: async ({ device: { platform }, io }) => {
      await saveSeed(platform.keyStore, seedFromPhrase(await io.input()));
      return ok({ restored: true }, 'the seed was restored');
    },
  },
  forget: {
    usage: 'forget',
    help: 'delete the seed from this device',
    run: async ({ device: { platform } }) => {
      await deleteSeed(platform.keyStore);
      return ok({ forgotten: true }, 'the seed was deleted from this device');
    },
  },
  consent: {
    usage: 'consent --dataset ID --purposes TRAIN,LABEL --until 2027-12-31 --terms HASH [--min-price UNITS]',
    help: 'agree to what a dataset may do with your items; the price is in token base units per license per 30 days',
    run: onClient(async (client, { flags }) => {
      const until = Date.parse(needed(flags, 'until')) / 1000;
      if (!Number.isInteger(until)) throw new UsageError('--until is a date, for example 2027-12-31');
      const { consent, consentHash } = await client.grantConsent({
        datasetId: needed(flags, 'dataset'),
        purposes: purposesOf(...(needed(flags, 'purposes').split(',') as PurposeName[])),
        validUntil: until,
        termsHash: needed(flags, 'terms'),
        minPrice: BigInt(flags['min-price'] ?? 0),
      });
      return ok({ consentHash, contributorRef: consent.contributorRef }, `agreed as ${consent.contributorRef}`);
    }),
  },
  contribute: {
    usage: 'contribute --dataset ID [--type MEDIA/TYPE] [--queued] [--keep-metadata] FILE…',
    help: 'encrypt files, queue and upload them; metadata of pictures is taken out',
    run: onClient(async (client, { flags, args }) => {
      if (args.length === 0) throw new UsageError('name at least one file');
      const items = await Promise.all(args.map((path) => itemOf(path, flags)));
      const until = flags.queued ? 'queued' : 'committed';
      const given = await client.contribute({ datasetId: needed(flags, 'dataset'), items, until });
      const lines = given.contributionIds.map((id, i) => `${id} ${basename(args[i] as string)}`);
      return ok({ batchId: given.batchId, root: given.root, contributionIds: given.contributionIds }, ...lines);
    }),
  },
  resume: {
    usage: 'resume [--include-refused]',
    help: 'send what waits on this device',
    run: onClient(async (client, { flags }) => {
      const { committed, waiting } = await client.resume({ includeRefused: flags['include-refused'] === true });
      const value = {
        committed: committed.map(({ batchId, root }) => ({ batchId, root })),
        waiting: waiting.map(({ batchId, error }) => ({
          batchId,
          code: (error as { code?: string }).code ?? 'UNKNOWN',
        })),
      };
      const lines = [
        `${committed.length} sent, ${waiting.length} waiting`,
        ...value.waiting.map(({ batchId, code }) => `${batchId} ${code}`),
      ];
      return { code: waiting.length === 0 ? Exit.ok : Exit.waiting, lines, value };
    }),
  },
  queue: {
    usage: 'queue',
    help: 'list the batches that wait on this device',
    run: onClient(async (client) => {
      const batches = await client.getQueue();
      return ok(
        batches,
        ...batches.map((each) =>
          `${each.batchId} ${each.items} items ${each.bytes} bytes ${each.refusal?.code ?? ''}`.trim(),
        ),
      );
    }),
  },
  status: {
    usage: 'status --dataset ID [--id CONTRIBUTION]',
    help: 'show where your contributions are',
    run: onClient(async (client, { flags }) => {
      const datasetId = needed(flags, 'dataset');
      const found = [];
      if (flags.id === undefined) for await (const each of client.getContributions({ datasetId })) found.push(each);
      else found.push(await client.getContribution({ datasetId, contributionId: flags.id }));
      const known = found
        .filter((each) => each !== null)
        .map(({ id, state, reason, cid }) => ({ id, state, reason, cid }));
      return ok(known, ...known.map(({ id, state, reason }) => `${id} ${state} ${reason ?? ''}`.trim()));
    }),
  },
  receipt: {
    usage: 'receipt --dataset ID --id CONTRIBUTION',
    help: 'print the record, the wrapped key and the inclusion proof that this device keeps',
    run: onClient(async (client, { flags }) => {
      const of = { datasetId: needed(flags, 'dataset'), contributionId: needed(flags, 'id') };
      const receipt = await client.getContributionReceipt(of);
      if (!receipt) return { code: Exit.failed, lines: ['this device has no receipt of it'], value: null };
      return ok(receipt, JSON.stringify(receipt, null, 2));
    }),
  },
  erase: {
    usage: 'erase --dataset ID --id CONTRIBUTION',
    help: 'withdraw one item and drop its key',
    run: onClient(async (client, { flags }) => {
      const { where } = await client.erase({
        datasetId: needed(flags, 'dataset'),
        contributionId: needed(flags, 'id'),
      });
      return ok({ where }, where === 'device' ? 'erased before it left this device' : 'withdrawn; its key was dropped');
    }),
  },
  withdraw: {
    usage: 'withdraw --dataset ID',
    help: 'end every consent that you gave to a dataset',
    run: onClient(async (client, { flags }) => {
      const { consentNonce, txHash } = await client.withdrawConsent({ datasetId: needed(flags, 'dataset') });
      return ok({ consentNonce, txHash }, 'withdrawn; keys that were released before cannot be recalled');
    }),
  },
  export: {
    usage: 'export --dataset ID --out DIRECTORY',
    help: 'take back everything that you gave to a dataset, published or not',
    run: onClient(async (client, { flags }) => {
      const out = needed(flags, 'out');
      await mkdir(out, { recursive: true });
      const saved: string[] = [];
      const failed: string[] = [];
      for await (const result of client.recoverContributions({ datasetId: needed(flags, 'dataset') })) {
        const id = result.item.id;
        if (!result.ok) failed.push(id);
        else await writeFile(join(out, id), result.bytes, { mode: 0o600 }).then(() => saved.push(id));
      }
      const value = { saved, failed };
      return {
        code: failed.length === 0 ? Exit.ok : Exit.failed,
        lines: [`${saved.length} saved, ${failed.length} failed`],
        value,
      };
    }),
  },
};
