import { Link } from 'react-router';
import { ItemView } from '../../../components/item/item-view.tsx';
import { LabelButtons } from '../../../components/ui/label-buttons.tsx';
import { Loading } from '../../../components/ui/loading.tsx';
import { Notice } from '../../../components/ui/notice.tsx';
import type { LabelingClient, LabelingJob } from '../../../lib/client.ts';
import { keyOfLabel } from '../../../lib/label-keys.ts';
import { formatMoney } from '../../../lib/money.ts';
import { explainRefusal } from '../../../lib/reasons.ts';
import { strings } from '../../../lib/strings.ts';
import { formatMoment } from '../../../lib/time.ts';
import type { Action } from '../actions/action.ts';
import { helpAction } from '../actions/help.ts';
import { labelAction } from '../actions/label.ts';
import { reportAction, reportMenuAction } from '../actions/report.ts';
import { sendAction } from '../actions/send.ts';
import { skipAction } from '../actions/skip.ts';
import { undoAction } from '../actions/undo.ts';
import type { Annotator, AnnotatorState } from '../annotator.ts';
import { useAnnotator } from '../api/use-annotator.ts';
import type { Item } from '../document.ts';
import { stagedEntry } from '../history.ts';
import { saveUndoMs, UNDO_CHOICES_MS } from '../undo-preference.ts';
import { Countdown } from './countdown.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { LiveLine } from './live-line.tsx';
import { RecentAnswers } from './recent-answers.tsx';
import { ReportDialog } from './report-dialog.tsx';

interface AnnotateScreenProps {
  client: LabelingClient;
  account: string;
  job: LabelingJob;
}

export function AnnotateScreen({ client, account, job }: AnnotateScreenProps) {
  const { annotator, state } = useAnnotator(client, account, job);
  const run = <Argument,>(action: Action<Argument>, argument: Argument) =>
    annotator.perform((workspace, nowMs) => action.perform(workspace, argument, nowMs));
  const { current } = state.document;
  const staged = stagedEntry(state.history);
  const labels = current?.labels ?? job.labels;
  return (
    <div className="bench">
      <section className="table" aria-label={strings.label.itemAlt}>
        <div className="item stage">
          {current === null ? (
            <Aside annotator={annotator} state={state} job={job} />
          ) : (
            <ItemView key={current.assignmentId} mediaType={current.mediaType} bytes={current.bytes} />
          )}
        </div>
        <LiveLine happening={state.happening} />
        <LabelButtons
          labels={labels}
          keyOf={(index) => keyOfLabel(labels, index)}
          disabled={current === null}
          onChoose={(label) => run(labelAction, label)}
        />
        <div className="row tools">
          <button
            type="button"
            disabled={current === null}
            aria-keyshortcuts="s"
            onClick={() => run(skipAction, undefined)}
          >
            {strings.label.skip} <kbd>s</kbd>
          </button>
          <button
            type="button"
            disabled={current === null}
            aria-keyshortcuts="r"
            onClick={() => run(reportMenuAction, true)}
          >
            {strings.label.report} <kbd>r</kbd>
          </button>
          <button
            type="button"
            disabled={staged === null}
            aria-keyshortcuts="u"
            onClick={() => run(undoAction, undefined)}
          >
            {strings.label.undo} <kbd>u</kbd>
          </button>
          <button
            type="button"
            disabled={staged === null}
            aria-keyshortcuts="Enter"
            onClick={() => run(sendAction, undefined)}
          >
            {strings.label.sendNow} <kbd>↵</kbd>
          </button>
          <button type="button" className="quiet" aria-keyshortcuts="?" onClick={() => run(helpAction, true)}>
            {strings.label.help} <kbd>?</kbd>
          </button>
        </div>
      </section>
      <aside className="side">
        <LeaseFigures item={current} job={job} state={state} />
        <label className="undo-choice">
          {strings.label.undoFor}
          <select
            value={state.ui.undoMs}
            onChange={(event) => {
              const undoMs = Number(event.target.value);
              saveUndoMs(localStorage, undoMs);
              annotator.setUndoMs(undoMs);
            }}
          >
            {UNDO_CHOICES_MS.map((ms) => (
              <option key={ms} value={ms}>
                {strings.label.seconds(ms)}
              </option>
            ))}
          </select>
        </label>
        <section>
          <h3>{strings.label.instructions}</h3>
          <p className="prose small">{job.instructions}</p>
        </section>
        <RecentAnswers history={state.history} />
      </aside>
      <ReportDialog
        open={state.ui.reporting}
        onReport={(reason) => run(reportAction, reason)}
        onClose={() => run(reportMenuAction, false)}
      />
      <HelpDialog open={state.ui.help} labels={labels} onClose={() => run(helpAction, false)} />
    </div>
  );
}

function LeaseFigures({ item, job, state }: { item: Item | null; job: LabelingJob; state: AnnotatorState }) {
  return (
    <dl className="figures narrow">
      <div>
        <dt>{strings.label.pay}</dt>
        <dd className="lead">{formatMoney(item?.price ?? job.price)}</dd>
      </div>
      <div>
        <dt>{strings.label.left}</dt>
        <dd className="lead">{item === null ? '–' : <Countdown key={item.assignmentId} until={item.deadline} />}</dd>
        <dd className="hint">{strings.label.leftHint}</dd>
      </div>
      <div>
        <dt>{strings.label.session}</dt>
        <dd className="lead">{formatMoney(state.sentPay.toString())}</dd>
        <dd className="hint">{strings.label.sessionSent(state.sentCount)}</dd>
      </div>
      {item === null ? null : (
        <div className="wide">
          <dd className="hint">{strings.label.autoApprove(formatMoment(item.autoApproveAt * 1000))}</dd>
        </div>
      )}
    </dl>
  );
}

/** What stands in the item's place while there is none. */
function Aside({ annotator, state, job }: { annotator: Annotator; state: AnnotatorState; job: LabelingJob }) {
  const { phase, problem, repriced } = state;
  if (phase === 'finished') {
    return (
      <div className="aside">
        <h2>{strings.label.finishedTitle}</h2>
        <p>{strings.label.finished}</p>
        <p className="row">
          <Link className="button primary" to="/earnings">
            {strings.label.seeEarnings}
          </Link>
          <button type="button" onClick={() => annotator.askAgain()}>
            {strings.label.checkAgain}
          </button>
        </p>
      </div>
    );
  }
  if (phase === 'price-changed' && repriced !== null) {
    const now = formatMoney(repriced.price);
    return (
      <div className="aside">
        <h2>{strings.label.priceTitle}</h2>
        <p>{strings.label.price(formatMoney(job.price), now)}</p>
        <p className="row">
          <button type="button" className="primary" onClick={() => annotator.acceptNewPrice()}>
            {strings.label.priceAccept(now)}
          </button>
          <Link className="button" to="/">
            {strings.label.priceLeave}
          </Link>
        </p>
      </div>
    );
  }
  if (phase === 'blocked' && problem !== null) {
    return (
      <div className="aside">
        <h2>{strings.label.blockedTitle}</h2>
        <p>{explainRefusal(problem.code, problem.message)}</p>
        <p className="row">
          <button type="button" onClick={() => annotator.askAgain()}>
            {strings.label.checkAgain}
          </button>
          <Link className="button quiet" to="/">
            {strings.backToJobs}
          </Link>
        </p>
      </div>
    );
  }
  return (
    <div className="aside">
      <Loading text={phase === 'waiting' ? strings.label.waiting : strings.label.opening} />
      {problem === null ? null : (
        <Notice tone="warning">
          <p>{problem.code === 'NETWORK' ? strings.fault.network : problem.message}</p>
          {problem.code === 'NETWORK' ? <p className="hint">{problem.message}</p> : null}
        </Notice>
      )}
    </div>
  );
}
