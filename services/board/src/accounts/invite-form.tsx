import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { CommunityView, InviteRequest, InviteView } from '#contracts/http/account.ts';
import type { PersonView } from '#contracts/http/register/person.ts';
import { get, post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { LinkToCopy } from '../app/link-to-copy.tsx';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';

const ROLES = ['office', 'steward', 'maintenance', 'district', 'admin'] as const;

/** Makes a colleague's one-time link. `communities` are those that the inviter sees. */
export function InviteForm({ communities }: { communities: readonly CommunityView[] }) {
  const words = useText();
  const { run, pending, problem } = useAction('inline');
  const [role, setRole] = useState<(typeof ROLES)[number]>('office');
  const [communityIds, setCommunityIds] = useState<readonly string[]>([]);
  const [personId, setPersonId] = useState('');
  const [link, setLink] = useState<string>();

  async function invite(event: FormEvent) {
    event.preventDefault();
    setLink(undefined);
    const body: InviteRequest =
      role === 'steward'
        ? { role, personId }
        : { role, communityIds: communityIds.length > 0 ? [...communityIds] : null };
    await run(async () => {
      const made = await post<InviteView>('/invites', body);
      // Without a public address of its own the service is found where this board was.
      setLink(new URL(made.link, location.origin).href);
    }, words.accounts.made);
  }

  return (
    <form className="invite" onSubmit={invite}>
      <h3>{words.accounts.invite}</h3>
      <p className="hint">{words.accounts.inviteLead}</p>
      <fieldset className="choices">
        <legend className="unseen">{words.accounts.role}</legend>
        {ROLES.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="role"
              value={one}
              checked={role === one}
              onChange={() => setRole(one)}
            />
            <b>{words.accounts.roles[one]}</b>
            <span>{words.accounts.roleHints[one]}</span>
          </label>
        ))}
      </fieldset>
      {role === 'steward' ? (
        <StewardChoice communities={communities} value={personId} onChange={setPersonId} />
      ) : communities.length > 1 ? (
        <CommunityChoice communities={communities} value={communityIds} onChange={setCommunityIds} />
      ) : null}
      <ProblemNote problem={problem} />
      <button type="submit" className="button strong" aria-busy={pending} disabled={pending}>
        {words.accounts.make}
      </button>
      {link ? <LinkToCopy link={link} label={words.accounts.link} hint={words.accounts.linkHint} /> : null}
    </form>
  );
}

function CommunityChoice(props: {
  communities: readonly CommunityView[];
  value: readonly string[];
  onChange: (ids: readonly string[]) => void;
}) {
  const words = useText();
  const { value, onChange } = props;
  return (
    <fieldset className="ticks">
      <legend>{words.accounts.communities}</legend>
      {props.communities.map(({ id, name }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={value.includes(id)}
            onChange={({ target }) =>
              onChange(target.checked ? [...value, id] : value.filter((other) => other !== id))
            }
          />
          {name}
        </label>
      ))}
      <p className="hint">{words.accounts.communitiesHint}</p>
    </fieldset>
  );
}

/** Somebody of the register, whose homes they are then the only ones to see. */
function StewardChoice(props: {
  communities: readonly CommunityView[];
  value: string;
  onChange: (personId: string) => void;
}) {
  const words = useText();
  const id = useId();
  const [chosen, setChosen] = useState(props.communities[0]?.id ?? '');
  const stewards = useQuery({
    queryKey: ['stewards', chosen],
    queryFn: async () =>
      (await get<{ items: PersonView[] }>(`/stewards?community=${chosen}&kind=steward&limit=1000`)).items,
    enabled: chosen !== '',
  });
  return (
    <>
      {props.communities.length > 1 ? (
        <p className="field">
          <label htmlFor={`${id}c`}>{words.accounts.community}</label>
          <select
            id={`${id}c`}
            value={chosen}
            onChange={({ target }) => {
              setChosen(target.value);
              props.onChange('');
            }}
          >
            {props.communities.map((community) => (
              <option key={community.id} value={community.id}>
                {community.name}
              </option>
            ))}
          </select>
        </p>
      ) : null}
      <p className="field">
        <label htmlFor={id}>{words.accounts.person}</label>
        <select id={id} required value={props.value} onChange={({ target }) => props.onChange(target.value)}>
          <option value="">{words.accounts.choosePerson}</option>
          {stewards.data?.map((person) => (
            <option key={person.id} value={person.id}>
              {person.name}
            </option>
          ))}
        </select>
      </p>
      <ProblemNote problem={stewards.error ?? undefined} />
    </>
  );
}
