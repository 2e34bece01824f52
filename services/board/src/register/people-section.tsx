import { useId } from 'react';
import type { PersonView } from '#contracts/http/register/person.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { put } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { usePeopleOf } from '../app/use-people-of.ts';
import type { FileProps } from './home-file.tsx';
import { Section } from './section.tsx';

const ROLES = ['primary', 'backup', 'neighbour', 'family'] as const;
type Role = (typeof ROLES)[number];
const KIND_OF = { primary: 'steward', backup: 'steward', neighbour: 'neighbour', family: 'family' } as const;

/** Who looks after a home, in the order in which they are paged. Each change is saved at once and can be taken back. */
export function PeopleSection({ file, onChange, communityId }: FileProps & { communityId: string }) {
  const common = useText();
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.people;
  const { run, pending } = useAction();
  const people = usePeopleOf(communityId);
  const idsOf = (role: Role) => file.people.filter((one) => one.role === role).map(({ id }) => id);

  async function set(role: Role, ids: readonly string[]) {
    const before = idsOf(role);
    const send = (list: readonly string[]) => async () => {
      await put(`/households/${file.id}/people`, { [role]: list });
      await onChange();
    };
    await run(send(ids), words.saved, { label: common.undo, run: () => void run(send(before), words.saved) });
  }

  return (
    <Section title={labels.title}>
      <p className="hint">{labels.lead}</p>
      {ROLES.map((role) => {
        const ids = idsOf(role);
        const taken = new Set(
          file.people.filter((one) => KIND_OF[one.role] === KIND_OF[role]).map(({ id }) => id),
        );
        const free = (people.data ?? []).filter(({ id, kind }) => kind === KIND_OF[role] && !taken.has(id));
        return (
          <div key={role} className="role">
            <b>{labels.roles[role]}</b>
            <ul>
              {ids.map((id, index) => {
                const person = file.people.find((one) => one.id === id);
                const name = person?.name ?? '';
                return (
                  <li key={id}>
                    {name} <small>{person?.phone}</small>{' '}
                    {index > 0 ? (
                      <button
                        type="button"
                        className="link"
                        disabled={pending}
                        aria-label={`${labels.up}: ${name}`}
                        onClick={() => void set(role, swapped(ids, index))}
                      >
                        {labels.up}
                      </button>
                    ) : null}
                    <button
                      type="button"
                      className="link"
                      disabled={pending}
                      aria-label={`${words.remove}: ${name}`}
                      onClick={() =>
                        void set(
                          role,
                          ids.filter((other) => other !== id),
                        )
                      }
                    >
                      {words.remove}
                    </button>
                  </li>
                );
              })}
            </ul>
            {free.length > 0 && (role !== 'primary' || ids.length === 0) ? (
              <Add
                label={`${labels.addTo}: ${labels.roles[role]}`}
                none={labels.addTo}
                people={free}
                onAdd={(id) => void set(role, [...ids, id])}
              />
            ) : null}
          </div>
        );
      })}
    </Section>
  );
}

function swapped(ids: readonly string[], index: number): string[] {
  const next = [...ids];
  const [one] = next.splice(index, 1);
  if (one) next.splice(index - 1, 0, one);
  return next;
}

function Add(props: {
  label: string;
  none: string;
  people: readonly PersonView[];
  onAdd: (id: string) => void;
}) {
  const id = useId();
  return (
    <select
      id={id}
      aria-label={props.label}
      value=""
      onChange={(event) => event.target.value && props.onAdd(event.target.value)}
    >
      <option value="">+ {props.none}</option>
      {props.people.map((person) => (
        <option key={person.id} value={person.id}>
          {person.name}
        </option>
      ))}
    </select>
  );
}
