import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import { CARE_TEXT } from '#pact/text/board-care.ts';
import { careTitle } from '#pact/text/care.ts';
import { useText, useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { Section } from '../register/section.tsx';
import { dateOf } from '../today/local-time.ts';
import { AskSheet } from './ask-sheet.tsx';
import { CareState } from './care-row.tsx';
import { DriftChart } from './drift-chart.tsx';
import { useHomeCare } from './plan-list.tsx';
import { Plans } from './plans.tsx';
import '../style/care.css';

/** The part of a home's file about its visits: the plans, what was asked for, and how the last weeks went. */
export function HomeCare({ householdId, community }: { householdId: string; community: CommunityView }) {
  const common = useText();
  const words = useTextOf(CARE_TEXT);
  const query = useHomeCare(householdId);
  const [asking, setAsking] = useState<'must_visit' | 'service'>();
  return (
    <Section title={words.plans.title}>
      <Loaded query={query} loading={words.loading}>
        {({ plans, items, today, drift }) => (
          <>
            {drift ? <DriftChart drift={drift} /> : null}
            <Plans householdId={householdId} plans={plans} />
            <div className="actions">
              <button type="button" className="button" onClick={() => setAsking('must_visit')}>
                {words.addMustVisit}
              </button>
              <button type="button" className="button" onClick={() => setAsking('service')}>
                {words.addService}
              </button>
            </div>
            <h4>{words.last}</h4>
            {items.length === 0 ? <p className="hint">{words.lastNone}</p> : null}
            <ul className="lines care-items">
              {items.map((item) => (
                <li key={item.id}>
                  <small>{dateOf(item.dueOn, common)}</small> {careTitle(item, words)}{' '}
                  <CareState item={item} day={{ date: today, today, timeZone: community.timeZone }} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {asking ? (
        <AskSheet
          kind={asking}
          communityId={community.id}
          householdId={householdId}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
    </Section>
  );
}
