import { Link, useLocation } from 'react-router';
import { Address } from '../../../components/ui/address.tsx';
import { useSession } from '../../../lib/session.ts';
import { strings } from '../../../lib/strings.ts';

export function AccountMenu() {
  const { account, walletKind, restoring, signOut } = useSession();
  const { pathname } = useLocation();
  if (restoring) return <span className="spinner" role="status" aria-label={strings.loading} />;
  if (account === null) {
    return pathname === '/sign-in' ? null : (
      <Link className="button" to="/sign-in" state={{ from: pathname }}>
        {strings.signIn.action}
      </Link>
    );
  }
  return (
    <div className="account">
      <span className="visually-hidden">{strings.signIn.signedInAs}</span>
      {walletKind === 'development' ? <span className="badge">{strings.signIn.developmentBadge}</span> : null}
      <Address value={account} what={strings.signIn.signedInAs} />
      <button type="button" className="quiet small" onClick={() => void signOut()}>
        {strings.signIn.signOut}
      </button>
    </div>
  );
}
