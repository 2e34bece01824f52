import type { AlertView } from '#contracts/http/today.ts';
import { post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';

type Props = { alert: AlertView; emergencyNumber: string; onClose: () => void };

/** Asked once more, because it wakes everybody on the list. */
export function EmergencySheet({ alert, emergencyNumber, onClose }: Props) {
  const words = useText();
  const { run, pending, problem } = useAction('inline');
  const call = async () => {
    if (await run(() => post(`/alerts/${alert.id}/emergency`, {}), words.alerts.done.emergency)) onClose();
  };
  return (
    <Sheet title={words.alerts.emergencyTitle} kind="box" onClose={onClose}>
      <p className="lead">
        {alert.place} · {alert.salutation}
      </p>
      <p className="lead">{words.alerts.emergencyLead(emergencyNumber)}</p>
      <ProblemNote problem={problem} />
      <div className="actions">
        <button
          type="button"
          className="button danger strong"
          aria-busy={pending}
          disabled={pending}
          onClick={call}
        >
          {words.alerts.emergencyYes}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {words.cancel}
        </button>
      </div>
    </Sheet>
  );
}
