import { ln } from './deterministic-math.ts';
import { NO_GOLD } from './em.ts';
import { uniqueLeader } from './ring.ts';
import type { VoteTable } from './vote-table.ts';

/** Groups are grown from this many workers, spread over all of them. */
const SEEDS = 40;
const GROWTHS = 4;
const SMALLEST_GROUP = 3;
/** P(a member says what the group says). */
const FAITHFUL = 0.95;
/** ln odds from which a worker joins: with one other worker, and with a group. */
const LIKE_ONE = 1.5;
const LIKE_GROUP = 3;
/** Agreement with a group is never taken as more common than this. */
const MOST_COMMON = 0.9;

/**
 * Groups that speak with one voice, whatever they know, [group][worker] 1 or 0. A group grows from one worker: those who
 * agree with him more than everybody does, then those who agree with the majority of the group (their own vote left out),
 * until it no longer changes. Agreement alone accuses nobody: good workers agree too.
 */
export function voiceGroups(table: VoteTable, goldLabel: Int32Array): Uint8Array[] {
  const tried = new Uint8Array(table.workers.length);
  const step = Math.max(1, Math.ceil(table.workers.length / SEEDS));
  const groups: Uint8Array[] = [];
  for (let seed = 0; seed < table.workers.length; seed += step) {
    if (tried[seed] === 1) continue;
    const group = grow(table, goldLabel, seed);
    let size = 0;
    for (let w = 0; w < group.length; w += 1) {
      if (group[w] !== 1) continue;
      tried[w] = 1;
      size += 1;
    }
    if (size >= SMALLEST_GROUP) groups.push(group);
  }
  return groups;
}

function grow(table: VoteTable, goldLabel: Int32Array, seed: number): Uint8Array {
  let group = new Uint8Array(table.workers.length);
  group[seed] = 1;
  for (let i = 0; i < GROWTHS; i += 1) {
    const next = likeGroup(table, goldLabel, group, i === 0 ? LIKE_ONE : LIKE_GROUP);
    if (i === 0) next[seed] = 1;
    if (next.every((member, w) => member === group[w])) break;
    group = next;
  }
  return group;
}

function likeGroup(
  table: VoteTable,
  goldLabel: Int32Array,
  group: Uint8Array,
  threshold: number,
): Uint8Array<ArrayBuffer> {
  const classes = table.labels.length;
  const agreed = new Uint32Array(table.workers.length);
  const met = new Uint32Array(table.workers.length);
  const key = new Uint32Array(classes);
  let outsideAgreed = 0;
  let outsideMet = 0;
  for (let t = 0; t < table.tasks.length; t += 1) {
    if (goldLabel[t] !== NO_GOLD) continue;
    const from = table.taskStart[t]!;
    const to = table.taskStart[t + 1]!;
    key.fill(0);
    let members = 0;
    for (let v = from; v < to; v += 1) {
      if (group[table.voteWorker[v]!] !== 1) continue;
      key[table.voteLabel[v]!]! += 1;
      members += 1;
    }
    if (members === 0) continue;
    for (let v = from; v < to; v += 1) {
      const worker = table.voteWorker[v]!;
      const label = table.voteLabel[v]!;
      const own = group[worker] === 1 ? 1 : 0;
      key[label]! -= own;
      const leader = uniqueLeader(key);
      key[label]! += own;
      if (leader < 0) continue;
      met[worker]! += 1;
      if (leader === label) agreed[worker]! += 1;
      if (own === 1) continue;
      outsideMet += 1;
      if (leader === label) outsideAgreed += 1;
    }
  }
  const common = Math.min(MOST_COMMON, Math.max(1 / classes, outsideMet === 0 ? 0 : outsideAgreed / outsideMet));
  const same = ln(FAITHFUL / common);
  const other = ln((1 - FAITHFUL) / (1 - common));
  const like = new Uint8Array(table.workers.length);
  for (let w = 0; w < like.length; w += 1) {
    if (agreed[w]! * same + (met[w]! - agreed[w]!) * other > threshold) like[w] = 1;
  }
  return like;
}
