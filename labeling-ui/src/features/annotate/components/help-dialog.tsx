import { Dialog } from '../../../components/ui/dialog.tsx';
import { keyOfLabel } from '../../../lib/label-keys.ts';
import { strings } from '../../../lib/strings.ts';

interface HelpDialogProps {
  open: boolean;
  labels: readonly string[];
  onClose(): void;
}

export function HelpDialog({ open, labels, onClose }: HelpDialogProps) {
  const { shortcuts } = strings.label;
  const labelKeys = labels.map((_, index) => keyOfLabel(labels, index)).filter((key) => key !== null);
  const span = labelKeys.length > 1 ? `${labelKeys[0]} … ${labelKeys.at(-1)}` : (labelKeys[0] ?? '');
  const rows: [string[], string][] = [
    [[span], shortcuts.label],
    [['s'], shortcuts.skip],
    [['r'], shortcuts.report],
    [['u', 'Backspace', 'Ctrl z'], shortcuts.undo],
    [['Enter'], shortcuts.send],
    [['?'], shortcuts.help],
    [['Esc'], shortcuts.escape],
  ];
  return (
    <Dialog title={strings.label.helpTitle} open={open} onClose={onClose}>
      <dl className="shortcuts">
        {rows.map(([keys, meaning]) => (
          <div key={meaning}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={onClose}>
        {strings.label.helpClose} <kbd>Esc</kbd>
      </button>
    </Dialog>
  );
}
