import { Navigate, useLocation } from 'react-router';
import { Loading } from '../../components/ui/loading.tsx';
import { SignInPanel } from '../../features/sign-in/components/sign-in-panel.tsx';
import { useTitle } from '../../hooks/use-title.ts';
import { useSession } from '../../lib/session.ts';
import { strings } from '../../lib/strings.ts';

export function SignInRoute() {
  const { account, restoring } = useSession();
  const state: unknown = useLocation().state;
  const heading = useTitle(strings.signIn.title);
  if (account !== null) return <Navigate to={cameFrom(state)} replace />;
  if (restoring) return <Loading />;
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {strings.signIn.title}
      </h1>
      <SignInPanel />
    </>
  );
}

function cameFrom(state: unknown): string {
  const from = (state as { from?: unknown } | null)?.from;
  return typeof from === 'string' && from.startsWith('/') && !from.startsWith('//') ? from : '/';
}
