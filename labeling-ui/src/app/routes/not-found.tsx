import { Link } from 'react-router';
import { useTitle } from '../../hooks/use-title.ts';
import { strings } from '../../lib/strings.ts';

export function NotFoundRoute() {
  const heading = useTitle(strings.notFound);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {strings.notFound}
      </h1>
      <Link to="/">{strings.backToJobs}</Link>
    </>
  );
}
