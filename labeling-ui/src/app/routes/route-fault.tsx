import { useRouteError } from 'react-router';
import { Fault } from '../../components/ui/fault.tsx';

/** What is shown instead of a screen that failed to load or to draw. */
export function RouteFault() {
  return <Fault error={useRouteError()} retry={() => window.location.reload()} />;
}
