import { abis } from '@allod/contracts';
import { fileToDag, jsonBytes } from '@allod/protocol';
import { Contract, JsonRpcProvider } from 'ethers';
import { parseArgs } from 'node:util';
import type { PublishedVotes } from '../modules/labeling/recompute/published-votes.ts';
import { recompute } from '../modules/labeling/recompute/recompute.ts';
import type { Difference, Recomputed } from '../modules/labeling/recompute/recompute.ts';

export const RECOMPUTE_USAGE = `recompute <votes.json | job id> [--api URL] [--rpc URL]
A job id is asked of the API (http://127.0.0.1:4000 when not given), and the file is checked against its CID.
With --rpc the payouts are compared with what LabelEscrow has paid. Exit 0: all follows from the votes; 1: something does not.
`;

export interface RecomputeTerminal {
  readonly read: (path: string) => Uint8Array;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const JOB_ID = /^0x[0-9a-f]{64}$/i;

/** Rebuilds every verdict and payout of a job and prints the result as one line of canonical JSON. Returns the exit code. */
export async function runRecompute(args: readonly string[], terminal: RecomputeTerminal): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { api: { type: 'string', default: 'http://127.0.0.1:4000' }, rpc: { type: 'string' } },
    });
    const [source, ...rest] = positionals;
    if (source === undefined || rest.length > 0) throw new Error('recompute needs one file or one job id');
    const bytes = JOB_ID.test(source) ? await fetchVotes(values.api, source) : terminal.read(source);
    const file = parse(bytes);
    const result = recompute(file);
    const onChain = values.rpc === undefined ? [] : await chainDifferences(file, result, values.rpc);
    const differences = [...result.differences, ...onChain];
    const ok = differences.length === 0;
    terminal.out(`${new TextDecoder().decode(jsonBytes({ ...result, differences, ok }))}\n`);
    return ok ? 0 : 1;
  } catch (error) {
    terminal.err(`recompute: ${(error as Error).message}\n${RECOMPUTE_USAGE}`);
    return 2;
  }
}

function parse(bytes: Uint8Array): PublishedVotes {
  const file = JSON.parse(new TextDecoder().decode(bytes)) as PublishedVotes;
  if (file.type !== 'allod/votes' || file.v !== 1) throw new Error('this is no file of published votes');
  return file;
}

async function fetchVotes(api: string, jobId: string): Promise<Uint8Array> {
  const body = JSON.stringify({
    query: 'query($id: Bytes32!) { labelingJob(id: $id) { votesCid } }',
    variables: { id: jobId.toLowerCase() },
  });
  const answer = await fetch(`${api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { data } = (await answer.json()) as { data?: { labelingJob: { votesCid: string | null } | null } };
  const cid = data?.labelingJob?.votesCid;
  if (!cid) throw new Error('the API knows no published votes of this job');
  const file = await fetch(`${api}/ipfs/${cid}`);
  if (!file.ok) throw new Error(`the file ${cid} is not served: HTTP ${file.status}`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (fileToDag(bytes).root.toString() !== cid) throw new Error(`the bytes that came are not those of ${cid}`);
  return bytes;
}

/** Nobody may have been paid more than recomputed, and the escrow's own sum and rules must be those of the file. */
async function chainDifferences(file: PublishedVotes, result: Recomputed, rpc: string): Promise<Difference[]> {
  const provider = new JsonRpcProvider(rpc, file.chainId, { staticNetwork: true });
  try {
    const escrow = new Contract(file.labelEscrow, abis.LabelEscrow as never, provider);
    const job = (await escrow.getFunction('getJob')(file.jobId)) as { paid: bigint; ruleHash: string };
    const differences: Difference[] = [];
    if (job.ruleHash !== file.ruleHash) {
      differences.push({ what: 'CHAIN', published: file.ruleHash, recomputed: job.ruleHash });
    }
    let paid = 0n;
    for (const { worker, earned } of result.payouts) {
      const account = result.accounts[worker];
      if (account === undefined) continue;
      const got = (await escrow.getFunction('paidOf')(file.jobId, account)) as bigint;
      paid += got;
      if (got > BigInt(earned))
        differences.push({ worker, what: 'CHAIN', published: got.toString(), recomputed: earned });
    }
    if (paid !== job.paid)
      differences.push({ what: 'CHAIN', published: job.paid.toString(), recomputed: paid.toString() });
    return differences;
  } finally {
    provider.destroy();
  }
}
