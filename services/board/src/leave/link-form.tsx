import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { HouseholdFile } from '#contracts/http/register/household.ts';
import { LEAVE_TEXT } from '#pact/text/board-leave.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { get, post } from '../app/api.ts';
import { HomeChoice } from '../app/home-choice.tsx';
import { useText, useTextOf } from '../app/language.ts';
import { LinkToCopy } from '../app/link-to-copy.tsx';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';

/** Gives somebody of a home the link by which they say themselves when it is away. */
export function LinkForm(props: { communityId: string; onClose: () => void }) {
  const common = useText();
  const words = useTextOf(LEAVE_TEXT);
  const { roles } = useTextOf(REGISTER_TEXT).people;
  const id = useId();
  const { run, pending, problem } = useAction('inline');
  const [householdId, setHouseholdId] = useState('');
  const [personId, setPersonId] = useState('');
  const [link, setLink] = useState<string>();
  const file = useQuery({
    queryKey: ['household', householdId],
    queryFn: ({ signal }) => get<HouseholdFile>(`/households/${householdId}`, signal),
    enabled: householdId !== '',
  });
  const people = file.data && [...file.data.people].sort((a, b) => rankOf(a.role) - rankOf(b.role));

  async function make(send: boolean) {
    const path = `/households/${householdId}/leave-links`;
    const ask = async () => {
      const made = await post<{ link: string }>(path, { personId, send });
      if (!send) setLink(made.link);
    };
    if ((await run(ask, send ? words.sent : words.made)) && send) props.onClose();
  }
  return (
    <Sheet title={words.link} kind="box" onClose={props.onClose}>
      <p className="lead">{words.linkLead}</p>
      <HomeChoice
        label={words.home}
        communityId={props.communityId}
        value={householdId}
        onChange={(chosen) => {
          setHouseholdId(chosen);
          setPersonId('');
          setLink(undefined);
        }}
      />
      {file.isError ? <ProblemNote problem={file.error} /> : null}
      {people?.length === 0 ? <p className="amber box">{words.nobody}</p> : null}
      {people && people.length > 0 ? (
        <div className="field">
          <label htmlFor={id}>{words.who}</label>
          <select id={id} value={personId} onChange={(event) => setPersonId(event.target.value)}>
            <option value="">{common.choose}</option>
            {people.map((person) => (
              <option key={person.id} value={person.id}>
                {roles[person.role]} {person.name}
              </option>
            ))}
          </select>
        </div>
      ) : null}
      <ProblemNote problem={problem} />
      {link ? (
        <LinkToCopy link={link} label={words.ready} />
      ) : (
        <div className="actions">
          <button
            type="button"
            className="button strong"
            disabled={personId === '' || pending}
            onClick={() => void make(false)}
          >
            {words.copy}
          </button>
          <button
            type="button"
            className="button"
            disabled={personId === '' || pending}
            onClick={() => void make(true)}
          >
            {words.send}
          </button>
        </div>
      )}
    </Sheet>
  );
}

/** Whoever knows first when somebody travels. */
const ORDER = ['family', 'primary', 'backup', 'neighbour'];
const rankOf = (role: string): number => ORDER.indexOf(role);
