import { Refusal } from './refusal.ts';

export interface RpcCall {
  method: string;
  params: unknown[];
}

export type RpcResult = { ok: true; value: unknown } | { ok: false; message: string };

export interface JsonRpc {
  readonly name: string;
  /** Results in the order of the calls. @throws Refusal RPC_FAULT when there is no usable answer */
  batch(calls: readonly RpcCall[]): Promise<RpcResult[]>;
}

export interface JsonRpcOptions {
  timeoutMs: number;
  /** Calls in one HTTP request; more go in several at once. Providers refuse large batches. */
  maxBatch?: number;
  /** Called after each HTTP request. */
  onRequest?: (request: { rpc: string; calls: number; ok: boolean }) => void;
}

/** No honest answer to what a keeper asks is larger. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export function createJsonRpc(url: string, { timeoutMs, maxBatch = 50, onRequest }: JsonRpcOptions): JsonRpc {
  const name = new URL(url).host;

  async function post(calls: readonly RpcCall[]): Promise<RpcResult[]> {
    const body = JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call })));
    let answer: unknown;
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) });
      answer = JSON.parse(await readText(response));
    } catch (cause) {
      throw new Refusal('RPC_FAULT', `${name} does not answer`, { cause });
    }
    if (!Array.isArray(answer)) throw new Refusal('RPC_FAULT', `${name} gives no batch answer`);
    const byId = new Map((answer as RpcAnswer[]).map((item) => [item?.id, item]));
    return calls.map((_, id) => readItem(byId.get(id)));
  }

  async function counted(calls: readonly RpcCall[]): Promise<RpcResult[]> {
    let ok = false;
    try {
      const results = await post(calls);
      ok = true;
      return results;
    } finally {
      onRequest?.({ rpc: name, calls: calls.length, ok });
    }
  }

  return {
    name,
    async batch(calls) {
      const parts = Array.from({ length: Math.ceil(calls.length / maxBatch) }, (_, i) =>
        calls.slice(i * maxBatch, (i + 1) * maxBatch),
      );
      return (await Promise.all(parts.map(counted))).flat();
    },
  };
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface RpcAnswer {
  id?: unknown;
  result?: unknown;
  error?: { message?: string };
}

function readItem(item: RpcAnswer | undefined): RpcResult {
  if (item && 'result' in item && item.error == null) return { ok: true, value: item.result };
  return { ok: false, message: item?.error?.message ?? 'no answer' };
}
