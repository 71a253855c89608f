import { Quiz } from '../../features/tasks/components/quiz.tsx';
import { strings } from '../../lib/strings.ts';
import { JobPage } from '../job-page.tsx';

export function QuizRoute() {
  return <JobPage title={(job) => strings.quiz.title(job?.title ?? '')}>{(job) => <Quiz job={job} />}</JobPage>;
}
