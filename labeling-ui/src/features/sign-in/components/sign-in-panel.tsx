import type { FormEvent } from 'react';
import { useState } from 'react';
import { Notice } from '../../../components/ui/notice.tsx';
import type { SignInMethod } from '../../../lib/session.ts';
import { useSession } from '../../../lib/session.ts';
import { strings } from '../../../lib/strings.ts';
import { injectedProvider, isRejection, WalletError } from '../../../lib/wallet/wallet.ts';

export function SignInPanel({ onSignedIn }: { onSignedIn?: () => void }) {
  const { config, signIn } = useSession();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const hasWallet = injectedProvider() !== null;
  const start = async (method: SignInMethod) => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn(method);
      onSignedIn?.();
    } catch (error) {
      setProblem(sentence(error, config.chainName, config.chainId));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card sign-in">
      <p className="prose">{strings.signIn.why}</p>
      <div className="stack">
        <button
          type="button"
          className="primary large"
          disabled={busy || !hasWallet}
          onClick={() => void start({ kind: 'injected' })}
        >
          {strings.signIn.injected}
        </button>
        <p className="hint">{hasWallet ? strings.signIn.injectedHint : strings.signIn.noWallet}</p>
      </div>
      {config.development ? <DevelopmentWallet busy={busy} onStart={(method) => void start(method)} /> : null}
      {busy ? <p role="status">{strings.signIn.working}</p> : null}
      {problem === null ? null : (
        <Notice tone="bad" urgent>
          <p>{problem}</p>
        </Notice>
      )}
    </section>
  );
}

function DevelopmentWallet({ busy, onStart }: { busy: boolean; onStart(method: SignInMethod): void }) {
  const [privateKey, setPrivateKey] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onStart({ kind: 'import', privateKey });
  };
  return (
    <section className="development" aria-labelledby="development-title">
      <h2 id="development-title">{strings.signIn.developmentTitle}</h2>
      <p className="prose small">{strings.signIn.developmentWarning}</p>
      <button type="button" disabled={busy} onClick={() => onStart({ kind: 'create' })}>
        {strings.signIn.create}
      </button>
      <form onSubmit={submit}>
        <label htmlFor="private-key">{strings.signIn.importLabel}</label>
        <div className="row">
          <input
            id="private-key"
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={privateKey}
            onChange={(event) => setPrivateKey(event.target.value)}
          />
          <button type="submit" disabled={busy || privateKey.trim() === ''}>
            {strings.signIn.importAction}
          </button>
        </div>
      </form>
    </section>
  );
}

function sentence(error: unknown, chainName: string, chainId: number): string {
  if (isRejection(error)) return strings.signIn.rejected;
  if (error instanceof WalletError) {
    if (error.code === 'WRONG_CHAIN') return strings.signIn.wrongChain(chainName, chainId);
    if (error.code === 'BAD_KEY') return strings.signIn.importBad;
    if (error.code === 'NO_WALLET') return strings.signIn.noWallet;
  }
  return strings.signIn.failed(error instanceof Error ? error.message : String(error));
}
