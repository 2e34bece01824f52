import { useState } from 'react';
import type { CarePlanView } from '#contracts/http/care.ts';
import { PLAN_KINDS, type PlanKind } from '#pact/care.ts';
import { CARE_TEXT, type CareText } from '#pact/text/board-care.ts';
import { patch, post, remove } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { EditSheet } from '../register/edit-sheet.tsx';
import { useCareAgain } from './use-care.ts';

const EVERY_DAY = ['1', '2', '3', '4', '5', '6', '7'];
/** A return visit once a week, in the middle of it, until somebody says otherwise. */
const USUAL: Record<PlanKind, readonly string[]> = {
  daily_visit: EVERY_DAY,
  daily_greeting: EVERY_DAY,
  weekly_visit: ['3'],
};

/** On which days a plan asks for somebody, in words. */
export function daysOf(weekdays: readonly number[], words: CareText, join: string): string {
  const { plans } = words;
  if (weekdays.length === 7) return plans.everyDay;
  return plans.on(weekdays.map((day) => plans.days[day - 1]).join(join));
}

/** By what rule a home is visited and called: each kind set, changed and ended where it stands. */
export function Plans({ householdId, plans }: { householdId: string; plans: readonly CarePlanView[] }) {
  const common = useText();
  const words = useTextOf(CARE_TEXT);
  const again = useCareAgain();
  const { run, pending } = useAction();
  const [open, setOpen] = useState<PlanKind>();
  const planOf = (kind: PlanKind) => plans.find((plan) => plan.kind === kind);

  async function end({ id }: CarePlanView) {
    const undo = {
      label: words.undo,
      run: () =>
        void run(() => post(`/care-plans/${id}/restore`, undefined), words.plans.restored).then(again),
    };
    if (await run(() => remove(`/care-plans/${id}`), words.plans.ended, undo)) await again();
  }
  async function save(kind: PlanKind, weekdays: readonly number[]) {
    const plan = planOf(kind);
    await (plan
      ? patch(`/care-plans/${plan.id}`, { weekdays })
      : post(`/households/${householdId}/care-plans`, { kind, weekdays }));
    await again();
  }
  return (
    <>
      <ul className="lines care-plans">
        {PLAN_KINDS.map((kind) => {
          const plan = planOf(kind);
          const name = words.kinds[kind];
          return (
            <li key={kind}>
              <b>{name}</b>
              <span className={plan ? undefined : 'hint'}>
                {plan ? daysOf(plan.weekdays, words, common.listJoin) : words.plans.none}
              </span>
              <span className="actions">
                <button
                  type="button"
                  className="link"
                  aria-label={`${plan ? words.plans.change : words.plans.set}: ${name}`}
                  onClick={() => setOpen(kind)}
                >
                  {plan ? words.plans.change : words.plans.set}
                </button>
                {plan ? (
                  <button
                    type="button"
                    className="link"
                    disabled={pending}
                    aria-label={`${words.plans.end}: ${name}`}
                    onClick={() => void end(plan)}
                  >
                    {words.plans.end}
                  </button>
                ) : null}
              </span>
            </li>
          );
        })}
      </ul>
      {open ? (
        <EditSheet
          title={words.kinds[open]}
          draftKey={`care-plan.${householdId}.${open}`}
          fields={[
            {
              kind: 'many',
              name: 'weekdays',
              label: words.plans.weekdays,
              options: words.plans.days.map((label, index) => ({ value: String(index + 1), label })),
            },
          ]}
          // Without a plan nothing is chosen yet in the register, and the usual days are what is saved.
          values={{ weekdays: planOf(open)?.weekdays.map(String) ?? [] }}
          {...(planOf(open) ? {} : { offered: { weekdays: USUAL[open] } })}
          onSave={async (changes) => {
            const chosen = (changes.weekdays as readonly string[] | null) ?? [];
            await save(open, chosen.map(Number).sort());
          }}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </>
  );
}
