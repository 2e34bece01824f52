import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OccasionView } from '#contracts/http/care.ts';
import { OCCASIONS } from '#pact/care.ts';
import { CARE_TEXT } from '#pact/text/board-care.ts';
import { put } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { newKey } from '../app/new-key.ts';
import { useOccasions } from '../care/ask-sheet.tsx';
import { EditSheet, type FormField } from '../register/edit-sheet.tsx';
import { Section } from '../register/section.tsx';
import { Listed } from './listed.tsx';

const NEW: OccasionView = { code: '', name: '', withinDays: 1, inUse: true };

/** On what occasions homes must be visited: the five, changed or off, and the community's own. */
export function Occasions({ communityId }: { communityId: string }) {
  const texts = useTextOf(CARE_TEXT);
  const words = texts.kindsOfOccasion;
  const queries = useQueryClient();
  const query = useOccasions(communityId);
  const [open, setOpen] = useState<OccasionView>();
  const isOwn = (occasion: OccasionView) => !(occasion.code in OCCASIONS);
  const nameOf = ({ code, name }: OccasionView) => name ?? texts.occasions[code] ?? code;
  const fields: FormField[] = [
    ...(open && isOwn(open)
      ? [{ kind: 'text' as const, name: 'name', label: words.name, required: true, most: 12 }]
      : []),
    { kind: 'number', name: 'withinDays', label: words.withinDays, required: true, most: 2 },
    { kind: 'check', name: 'inUse', label: words.inUse },
  ];

  async function save(occasion: OccasionView, changes: object) {
    const { code, ...rest } = { ...occasion, ...changes };
    await put(`/communities/${communityId}/occasions/${code || newKey()}`, rest);
    await queries.invalidateQueries({ queryKey: ['occasions', communityId] });
  }
  return (
    <Section title={words.title}>
      <p className="hint">{words.lead}</p>
      <Listed query={query} none={words.lead}>
        {(occasions) => (
          <ul className="lines">
            {occasions.map((occasion) => (
              <li key={occasion.code} className="setting">
                <b>{nameOf(occasion)}</b>
                <small>{occasion.inUse ? words.within(occasion.withinDays) : words.off}</small>
                <span className="actions">
                  <button
                    type="button"
                    className="link"
                    aria-label={`${words.edit}: ${nameOf(occasion)}`}
                    onClick={() => setOpen(occasion)}
                  >
                    {words.edit}
                  </button>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      <button type="button" className="button" onClick={() => setOpen(NEW)}>
        {words.add}
      </button>
      {open ? (
        <EditSheet
          title={open === NEW ? words.add : nameOf(open)}
          draftKey={`occasion.${communityId}.${open.code || 'new'}`}
          fields={fields}
          values={open}
          onSave={(changes) => save(open, changes)}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </Section>
  );
}
