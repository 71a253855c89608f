import { fromHex } from './bytes.ts';

/** Number of hash partitions of contributions and annotations. Fixed: a row's partition never moves. */
export const PARTITIONS = 64;

/** Partition of a dataset's rows (0 to 63): the last byte of its id modulo {@link PARTITIONS}. */
export function partitionOf(datasetId: string): number {
  return (fromHex(datasetId)[31] as number) % PARTITIONS;
}
