import { NavLink, Outlet, ScrollRestoration } from 'react-router';
import { AccountMenu } from '../features/sign-in/components/account-menu.tsx';
import { useSession } from '../lib/session.ts';
import { strings } from '../lib/strings.ts';

/** What surrounds every screen. */
export function Shell() {
  const { config } = useSession();
  return (
    <>
      <a className="skip-link" href="#content">
        {strings.skipLink}
      </a>
      <header className="top">
        <NavLink className="brand" to="/">
          <Mark /> {strings.product} <span>{strings.area}</span>
        </NavLink>
        <nav aria-label={strings.nav.label}>
          <NavLink to="/" end>
            {strings.nav.jobs}
          </NavLink>
          <NavLink to="/earnings">{strings.nav.earnings}</NavLink>
        </nav>
        <AccountMenu />
      </header>
      {config.development ? (
        <p className="strip">{strings.banner.development(config.chainName, config.chainId)}</p>
      ) : null}
      {config.singleOperator ? (
        <p className="strip warning" role="note">
          {strings.banner.singleOperator}
        </p>
      ) : null}
      {config.singleRpc ? (
        <p className="strip warning" role="note">
          {strings.banner.singleRpc}
        </p>
      ) : null}
      <main id="content">
        <Outlet />
      </main>
      <footer className="bottom">{strings.footer}</footer>
      <ScrollRestoration />
    </>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <path d="M6 24 16 7l10 17z" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinejoin="round" />
      <path d="M10.6 16.4h10.8M16 7v17" stroke="currentColor" strokeWidth="2" />
    </svg>
  );
}
