import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CarePlanView, HomeCareView } from '#contracts/http/care.ts';
import { CARE_TEXT } from '#pact/text/board-care.ts';
import { get } from '../app/api.ts';
import { HomeChoice } from '../app/home-choice.tsx';
import { useText, useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { daysOf, Plans } from './plans.tsx';

/** Which homes are visited and called by plan; a home is chosen to plan for it. */
export function PlanList({ communityId }: { communityId: string }) {
  const common = useText();
  const words = useTextOf(CARE_TEXT);
  const [householdId, setHouseholdId] = useState('');
  const query = useQuery({
    queryKey: ['care', 'plans', communityId],
    queryFn: async ({ signal }) =>
      (await get<{ items: CarePlanView[] }>(`/care-plans?community=${communityId}`, signal)).items,
    refetchOnMount: 'always',
  });
  return (
    <>
      <header className="page-head">
        <div>
          <h2>{words.tabs.plans}</h2>
          <p className="hint">{words.plans.lead}</p>
        </div>
      </header>
      <section className="file-part" aria-label={words.plans.choose}>
        <HomeChoice
          label={words.plans.choose}
          communityId={communityId}
          value={householdId}
          onChange={setHouseholdId}
        />
        {householdId ? <PlansOf key={householdId} householdId={householdId} /> : null}
      </section>
      <Loaded query={query} loading={words.loading}>
        {(plans) =>
          plans.length === 0 ? (
            <section className="state">
              <h2>{words.plans.emptyTitle}</h2>
              <p>{words.plans.emptyLead}</p>
            </section>
          ) : (
            <ul className="home-list care-plan-list">
              {byHome(plans).map(([id, own]) => (
                <li key={id}>
                  <a href={`#register/${id}`}>
                    <b>{common.home.code(own[0]?.code ?? '')}</b>
                    <span>{own[0]?.salutation}</span>
                    <span>
                      {own
                        .map(
                          ({ kind, weekdays }) =>
                            `${words.kinds[kind]} ${daysOf(weekdays, words, common.listJoin)}`,
                        )
                        .join(' · ')}
                    </span>
                  </a>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

function PlansOf({ householdId }: { householdId: string }) {
  const words = useTextOf(CARE_TEXT);
  const query = useHomeCare(householdId);
  return (
    <Loaded query={query} loading={words.loading}>
      {({ plans }) => <Plans householdId={householdId} plans={plans} />}
    </Loaded>
  );
}

export const useHomeCare = (householdId: string) =>
  useQuery({
    queryKey: ['home-care', householdId],
    queryFn: ({ signal }) => get<HomeCareView>(`/households/${householdId}/care`, signal),
    refetchOnMount: 'always',
  });

function byHome(plans: readonly CarePlanView[]): [string, CarePlanView[]][] {
  const homes = new Map<string, CarePlanView[]>();
  for (const plan of plans) {
    const own = homes.get(plan.householdId);
    if (own) own.push(plan);
    else homes.set(plan.householdId, [plan]);
  }
  return [...homes];
}
