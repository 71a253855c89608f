import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Heads } from './chain-reader.ts';
import type { ReleaseLog } from './release-log.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** What the gauges look at whenever somebody reads them. */
export interface Watched {
  log: Pick<ReleaseLog, 'head' | 'bytes'>;
  heads: () => Heads | undefined;
  singleOperator: boolean;
  /** By the registry. */
  mayServe: () => boolean;
}

/** Metrics of one keeper in their own registry, so that several keepers can live in one process. */
export function createMetrics(index: number) {
  const registry = new Registry();
  registry.setDefaultLabels({ keeper: String(index) });
  const registers = [registry];
  const rpcRequests = new Counter({
    name: 'allod_keeper_rpc_requests_total',
    help: 'HTTP requests to an RPC by outcome: ok or fault.',
    labelNames: ['rpc', 'outcome'] as const,
    registers,
  });
  const rpcCalls = new Counter({
    name: 'allod_keeper_rpc_calls_total',
    help: 'JSON-RPC calls in those requests: what providers bill.',
    labelNames: ['rpc'] as const,
    registers,
  });
  const gauge = (name: string, help: string, read: () => number | undefined): void => {
    new Gauge({
      name: `allod_keeper_${name}`,
      help,
      registers,
      collect() {
        const value = read();
        if (value !== undefined) this.set(value);
      },
    });
  };
  return {
    registry,
    answers: new Counter({
      name: 'allod_keeper_answers_total',
      help: 'Answers by endpoint and outcome: RELEASED or a refusal code.',
      labelNames: ['via', 'answer'] as const,
      registers,
    }),
    seconds: new Histogram({
      name: 'allod_keeper_request_seconds',
      help: 'Time to answer a key request.',
      labelNames: ['via'] as const,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    countRpc: ({ rpc, calls, ok }: { rpc: string; calls: number; ok: boolean }): void => {
      rpcRequests.inc({ rpc, outcome: ok ? 'ok' : 'fault' });
      rpcCalls.inc({ rpc }, calls);
    },
    watch({ log, heads, singleOperator, mayServe }: Watched): void {
      gauge('release_log_entries', 'Entries ever written to the release log.', () => log.head.seq);
      gauge('release_log_bytes', 'Bytes of the kept entries of the release log.', () => log.bytes);
      gauge('head_block', 'Lowest latest block of the RPCs, when they were last read.', () => heads()?.latest);
      gauge('head_age_seconds', 'Age of that block by this clock when it was read.', () => ageOf(heads()));
      gauge('listed', '1 while the registry lets this keeper serve.', () => Number(mayServe()));
      gauge('single_operator', '1 when SINGLE_OPERATOR=1 is set.', () => Number(singleOperator));
    },
  };
}

const ageOf = (heads: Heads | undefined): number | undefined => heads && heads.at / 1000 - heads.latestTime;
