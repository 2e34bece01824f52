import { type FormEvent, useId, useState } from 'react';
import type { CommunityView, InviteView } from '#contracts/http/account.ts';
import { post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { LinkToCopy } from '../app/link-to-copy.tsx';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';

const ROLES = ['office', 'admin'] as const;

/** Makes a colleague's one-time link. `communities` are those to choose from. */
export function InviteForm({ communities }: { communities: readonly CommunityView[] }) {
  const words = useText();
  const id = useId();
  const { run, pending, problem } = useAction('inline');
  const [role, setRole] = useState<(typeof ROLES)[number]>('office');
  const [communityId, setCommunityId] = useState('');
  const [link, setLink] = useState<string>();

  async function invite(event: FormEvent) {
    event.preventDefault();
    setLink(undefined);
    await run(async () => {
      const made = await post<InviteView>('/invites', { role, communityId: communityId || null });
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
      {communities.length > 1 ? (
        <p className="field">
          <label htmlFor={id}>{words.accounts.community}</label>
          <select id={id} value={communityId} onChange={(event) => setCommunityId(event.target.value)}>
            <option value="">{words.accounts.everyCommunity}</option>
            {communities.map((community) => (
              <option key={community.id} value={community.id}>
                {community.name}
              </option>
            ))}
          </select>
        </p>
      ) : null}
      <ProblemNote problem={problem} />
      <button type="submit" className="button strong" aria-busy={pending} disabled={pending}>
        {words.accounts.make}
      </button>
      {link ? <LinkToCopy link={link} label={words.accounts.link} hint={words.accounts.linkHint} /> : null}
    </form>
  );
}
