import type { ReactNode } from 'react';
import { Loading } from '../components/ui/loading.tsx';
import { SignInPanel } from '../features/sign-in/components/sign-in-panel.tsx';
import type { Session } from '../lib/session.ts';
import { useSession } from '../lib/session.ts';
import { strings } from '../lib/strings.ts';

/** Asks for a sign in where a screen makes no sense without an account. */
export function RequireAccount({ children }: { children(session: Session & { account: string }): ReactNode }) {
  const session = useSession();
  const { account, restoring } = session;
  if (restoring) return <Loading />;
  if (account === null) {
    return (
      <>
        <p className="page-lead">{strings.signIn.needed}</p>
        <SignInPanel />
      </>
    );
  }
  return children({ ...session, account });
}
