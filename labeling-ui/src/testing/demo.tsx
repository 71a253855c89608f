import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { Provider } from '../app/provider.tsx';
import { routes } from '../app/router.tsx';
import { createQueryClient } from '../lib/query.ts';
import '../styles.css';
import { makeAssignment, makeConfig, makeEarnings, makeJob, makeOutcome, makeQuizTask } from './factories.ts';
import { MemoryNetwork } from './handlers/memory-client.ts';

/** The app on a network in memory, for work on its looks: `npm run demo`. Never part of the build. */
const network = new MemoryNetwork();
network.jobs = [
  makeJob({ id: '0x01', qualification: 'QUALIFIED' }),
  makeJob({
    id: '0x02',
    title: 'Weather station notes',
    instructions: 'Read the note and choose what it is about.',
    labels: ['rain', 'wind', 'snow', 'fault', 'other'],
    price: '120000',
    secondsPerTask: 20,
    hourlyPay: '21600000',
  }),
];
network.quiz = [1, 2, 3, 4, 5].map((index) => ({ task: makeQuizTask(index), answer: String(index) }));
network.tasks = Array.from({ length: 40 }, () => makeAssignment());
network.earnings = [
  makeEarnings({
    jobId: '0x01',
    outcomes: [
      makeOutcome(),
      makeOutcome({
        verdict: 'REFUSED',
        reason: 'CONTRADICTED by 3, p=.99 without you',
        pay: '0',
        evidence: { withoutYou: 0.004, othersSay: '4', othersPosterior: 0.993, others: 3, contradictedBy: 3 },
      }),
      makeOutcome({ verdict: 'PENDING', reason: 'PENDING', pay: '0', evidence: null }),
      makeOutcome(),
    ],
  }),
];

window.history.replaceState(null, '', new URLSearchParams(window.location.search).get('path') ?? '/');
const config = makeConfig();
const connect = (_config: unknown, wallet: { address: string } | null) => network.client(wallet?.address ?? null);
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Provider config={config} queries={createQueryClient()} connect={connect}>
      <RouterProvider router={createBrowserRouter(routes)} />
    </Provider>
  </StrictMode>,
);
