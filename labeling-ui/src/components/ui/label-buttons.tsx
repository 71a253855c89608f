import { strings } from '../../lib/strings.ts';

interface LabelButtonsProps {
  labels: readonly string[];
  /** The key that chooses the label at this place, or null. */
  keyOf(index: number): string | null;
  chosen?: string | null;
  disabled?: boolean;
  onChoose(label: string): void;
}

export function LabelButtons({ labels, keyOf, chosen = null, disabled = false, onChoose }: LabelButtonsProps) {
  const single = labels.every((label) => label.length === 1);
  return (
    <div className={single ? 'labels single' : 'labels'} role="group" aria-label={strings.label.question}>
      {labels.map((label, index) => {
        const key = keyOf(index);
        return (
          <button
            key={label}
            type="button"
            className="label"
            disabled={disabled}
            aria-pressed={chosen === null ? undefined : chosen === label}
            aria-keyshortcuts={key ?? undefined}
            onClick={() => onChoose(label)}
          >
            <span>{label}</span>
            {key === null || key === label ? null : <kbd>{key}</kbd>}
          </button>
        );
      })}
    </div>
  );
}
