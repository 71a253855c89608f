import type { RouteObject } from 'react-router';
import { Loading } from '../components/ui/loading.tsx';
import { JobsRoute } from './routes/jobs.tsx';
import { NotFoundRoute } from './routes/not-found.tsx';
import { RouteFault } from './routes/route-fault.tsx';
import { SignInRoute } from './routes/sign-in.tsx';
import { Shell } from './shell.tsx';

/** The list of jobs comes with the page; the other screens when they are first opened. */
export const routes: RouteObject[] = [
  {
    element: <Shell />,
    hydrateFallbackElement: <Loading />,
    children: [
      {
        errorElement: <RouteFault />,
        children: [
          { path: '/', element: <JobsRoute /> },
          { path: '/sign-in', element: <SignInRoute /> },
          {
            path: '/jobs/:jobId/quiz',
            lazy: async () => ({ Component: (await import('./routes/quiz.tsx')).QuizRoute }),
          },
          {
            path: '/jobs/:jobId/label',
            lazy: async () => ({ Component: (await import('./routes/label.tsx')).LabelRoute }),
          },
          {
            path: '/jobs/:jobId/adjudicate',
            lazy: async () => ({ Component: (await import('./routes/adjudicate.tsx')).AdjudicateRoute }),
          },
          {
            path: '/earnings',
            lazy: async () => ({ Component: (await import('./routes/earnings.tsx')).EarningsRoute }),
          },
          { path: '*', element: <NotFoundRoute /> },
        ],
      },
    ],
  },
];
