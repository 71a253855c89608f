/** Command and arguments that run a script under the Node that runs this one. */
export function childNode(script: string, args: string[] = []): { command: string; args: string[] } {
  const flags = ['--enable-source-maps', '--disable-warning=ExperimentalWarning'];
  return { command: process.execPath, args: [...flags, script, ...args] };
}

/** Throws unless the address answers with success. */
export async function untilOk(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}
