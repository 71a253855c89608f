import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ReleaseLog } from './release-log.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** Metrics of one keeper in their own registry, so that several keepers can live in one process. */
export function createMetrics(index: number, log: ReleaseLog) {
  const registry = new Registry();
  registry.setDefaultLabels({ keeper: String(index) });
  const registers = [registry];
  new Gauge({
    name: 'allod_keeper_release_log_entries',
    help: 'Entries in the release log.',
    registers,
    collect() {
      this.set(log.head.seq);
    },
  });
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
  };
}
