import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { ItemView } from '../../../components/item/item-view.tsx';
import { Fault } from '../../../components/ui/fault.tsx';
import { LabelButtons } from '../../../components/ui/label-buttons.tsx';
import { Loading } from '../../../components/ui/loading.tsx';
import { Meter } from '../../../components/ui/meter.tsx';
import { Notice } from '../../../components/ui/notice.tsx';
import type { LabelingJob, QuizResult, QuizTask } from '../../../lib/client.ts';
import { keyOfLabel, labelOfKey } from '../../../lib/label-keys.ts';
import { formatMoney, isZero } from '../../../lib/money.ts';
import { strings } from '../../../lib/strings.ts';
import { useQuiz } from '../api/get-quiz.ts';
import { useSubmitQuiz } from '../api/submit-quiz.ts';

export function Quiz({ job }: { job: LabelingJob }) {
  const submit = useSubmitQuiz(job.id);
  const quiz = useQuiz(job.id, submit.data === undefined && job.qualification === 'NONE');
  if (submit.data !== undefined) return <QuizOutcome job={job} result={submit.data} />;
  if (job.qualification !== null && job.qualification !== 'NONE') return <QuizStanding job={job} />;
  if (quiz.isPending) return <Loading />;
  if (quiz.isError) return <Fault error={quiz.error} retry={() => void quiz.refetch()} />;
  return (
    <>
      <p className="prose">
        {strings.quiz.intro(quiz.data.length)} {strings.quiz.once}
      </p>
      <Questions
        tasks={quiz.data}
        labels={job.labels}
        busy={submit.isPending}
        onSubmit={(answers) => submit.mutate(answers)}
      />
      {submit.isError ? <Fault error={submit.error} /> : null}
    </>
  );
}

interface QuestionsProps {
  tasks: QuizTask[];
  labels: string[];
  busy: boolean;
  onSubmit(answers: string[]): void;
}

function Questions({ tasks, labels, busy, onSubmit }: QuestionsProps) {
  const [answers, setAnswers] = useState<string[]>([]);
  const [at, setAt] = useState(0);
  const task = tasks[at];
  const choose = (label: string) => {
    if (task === undefined) return;
    setAnswers((before) => Object.assign([...before], { [at]: label }));
    setAt(at + 1);
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || busy) return;
      const label = labelOfKey(labels, event.key);
      if (label !== null && task !== undefined) choose(label);
      else if ((event.key === 'Backspace' || event.key === 'u') && at > 0) setAt(at - 1);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
  return (
    <section className="card quiz">
      <Meter share={at / tasks.length} />
      {task === undefined ? (
        <p aria-live="polite">{strings.quiz.review}</p>
      ) : (
        <>
          <p className="hint" aria-live="polite">
            {strings.quiz.position(at + 1, tasks.length)}
            {answers[at] === undefined ? '' : ` · ${strings.quiz.answered(answers[at])}`}
          </p>
          <div className="item">
            <ItemView mediaType={task.mediaType} bytes={task.bytes} />
          </div>
          <LabelButtons
            labels={labels}
            keyOf={(index) => keyOfLabel(labels, index)}
            chosen={answers[at] ?? null}
            onChoose={choose}
          />
        </>
      )}
      <div className="row">
        <button type="button" className="quiet" disabled={at === 0 || busy} onClick={() => setAt(at - 1)}>
          {strings.quiz.back}
        </button>
        {task === undefined ? (
          <button type="button" className="primary" disabled={busy} autoFocus onClick={() => onSubmit(answers)}>
            {busy ? strings.quiz.submitting : strings.quiz.submit}
          </button>
        ) : null}
      </div>
    </section>
  );
}

function QuizOutcome({ job, result }: { job: LabelingJob; result: QuizResult }) {
  const title = (result.passed ? strings.quiz.passed : strings.quiz.failed)(result.correct, result.total);
  return (
    <div className="stack">
      <Notice tone={result.passed ? 'good' : 'bad'} title={title}>
        {result.reason === '' ? null : (
          <p className="hint">
            {strings.earnings.code}: <code>{result.reason}</code>
          </p>
        )}
        {isZero(result.pay) ? null : <p>{strings.quiz.pay(formatMoney(result.pay))}</p>}
      </Notice>
      {result.passed ? <QuizStanding job={job} /> : <Link to="/">{strings.backToJobs}</Link>}
    </div>
  );
}

/** What an earlier quiz led to; a passed one waits until the account is listed on chain. */
function QuizStanding({ job }: { job: LabelingJob }) {
  if (job.qualification === 'QUALIFIED') {
    return (
      <div className="stack">
        <p role="status">{strings.quiz.ready}</p>
        <p>
          <Link className="button primary" to={`/jobs/${job.id}/label`}>
            {strings.quiz.start}
          </Link>
        </p>
      </div>
    );
  }
  if (job.qualification === 'FAILED') {
    return (
      <Notice tone="bad" title={strings.jobs.cta.failed}>
        <p>{strings.jobs.failedHint}</p>
        <Link to="/">{strings.backToJobs}</Link>
      </Notice>
    );
  }
  return <Loading text={strings.quiz.waiting} />;
}
