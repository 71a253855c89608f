import { Dialog } from '../../../components/ui/dialog.tsx';
import { strings } from '../../../lib/strings.ts';
import type { ReportReason } from '../actions/report.ts';
import { REPORT_REASONS } from '../actions/report.ts';

interface ReportDialogProps {
  open: boolean;
  onReport(reason: ReportReason): void;
  onClose(): void;
}

export function ReportDialog({ open, onReport, onClose }: ReportDialogProps) {
  return (
    <Dialog title={strings.label.reportTitle} open={open} onClose={onClose}>
      <ul className="choices">
        {REPORT_REASONS.map((reason, index) => (
          <li key={reason}>
            <button type="button" onClick={() => onReport(reason)}>
              <kbd>{index + 1}</kbd> {strings.label.reasons[reason]}
            </button>
          </li>
        ))}
      </ul>
      <p className="hint">{strings.label.reportHint}</p>
      <button type="button" className="quiet" onClick={onClose}>
        {strings.label.reportCancel} <kbd>Esc</kbd>
      </button>
    </Dialog>
  );
}
