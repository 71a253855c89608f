import { Refusal } from './refusal.ts';

export interface RpcCall {
  method: string;
  params: unknown[];
}

export type RpcResult = { ok: true; value: unknown } | { ok: false; message: string };

export interface JsonRpc {
  readonly name: string;
  /** One HTTP request; results in the order of the calls. @throws Refusal RPC_FAULT when there is no usable answer */
  batch(calls: readonly RpcCall[]): Promise<RpcResult[]>;
}

export function createJsonRpc(url: string, timeoutMs: number): JsonRpc {
  const name = new URL(url).host;
  return {
    name,
    async batch(calls) {
      const body = JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call })));
      let answer: unknown;
      try {
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) });
        answer = await response.json();
      } catch (cause) {
        throw new Refusal('RPC_FAULT', `${name} does not answer`, { cause });
      }
      if (!Array.isArray(answer)) throw new Refusal('RPC_FAULT', `${name} gives no batch answer`);
      const byId = new Map((answer as RpcAnswer[]).map((item) => [item.id, item]));
      return calls.map((_, id) => readItem(byId.get(id)));
    },
  };
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
