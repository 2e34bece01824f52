import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { LadderView } from '#contracts/http/register/pact.ts';
import { DEFAULT_LADDER, DEFAULT_LADDER_NAME } from '#pact/ladder.ts';
import { SETTINGS_TEXT } from '#pact/text/board-settings.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { Section } from '../register/section.tsx';
import { LadderSheet, type LadderTerms } from './ladder-sheet.tsx';
import { Listed } from './listed.tsx';

const FRESH: LadderTerms = {
  name: '',
  repeatMinutes: DEFAULT_LADDER.repeatMinutes,
  acknowledgementMinutes: DEFAULT_LADDER.acknowledgementMinutes,
  steps: DEFAULT_LADDER.steps.map(({ afterMinutes, to }) => ({ afterMinutes, to: [...to] })),
};

/** In which order people are paged, and after how many minutes; homes choose one of these. */
export function Ladders({ communityId }: { communityId: string }) {
  const common = useText();
  const words = useTextOf(SETTINGS_TEXT).ladders;
  const queries = useQueryClient();
  const nameOf = ({ name }: LadderView) => (name === DEFAULT_LADDER_NAME ? words.usual : name);
  const [open, setOpen] = useState<LadderView | 'new'>();
  const query = useQuery({
    queryKey: ['ladders', communityId],
    queryFn: async () => (await get<{ items: LadderView[] }>(`/ladders?community=${communityId}`)).items,
  });
  return (
    <Section title={words.title}>
      <p className="hint">{words.lead}</p>
      <Listed query={query} none={words.none}>
        {(ladders) => (
          <ul className="lines">
            {ladders.map((ladder) => (
              <li key={ladder.id}>
                <div className="setting">
                  <b>{nameOf(ladder)}</b>
                  <span className="actions">
                    <button
                      type="button"
                      className="link"
                      aria-label={`${words.edit}: ${nameOf(ladder)}`}
                      onClick={() => setOpen(ladder)}
                    >
                      {words.edit}
                    </button>
                  </span>
                </div>
                <ol className="ladder">
                  {ladder.steps.map((step) => (
                    <li key={step.afterMinutes}>
                      {words.after(step.afterMinutes)}{' '}
                      {step.to
                        .map(({ role, channel }) =>
                          words.pages(common.person[role] ?? role, words.channels[channel]),
                        )
                        .join(common.listJoin)}
                    </li>
                  ))}
                  <li>{words.repeats(ladder.repeatMinutes)}</li>
                </ol>
                <p className="hint">{words.expires(ladder.acknowledgementMinutes)}</p>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      <button type="button" className="button" onClick={() => setOpen('new')}>
        {words.add}
      </button>
      {open ? (
        <LadderSheet
          communityId={communityId}
          title={open === 'new' ? words.add : nameOf(open)}
          ladderId={open === 'new' ? undefined : open.id}
          terms={open === 'new' ? FRESH : termsOf(open)}
          onSaved={() => queries.invalidateQueries({ queryKey: ['ladders', communityId] })}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </Section>
  );
}

const termsOf = ({ name, steps, repeatMinutes, acknowledgementMinutes }: LadderView): LadderTerms => ({
  name,
  steps,
  repeatMinutes,
  acknowledgementMinutes,
});
