import { type FormEvent, useId } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { HouseholdFile } from '#contracts/http/register/household.ts';
import { HOME_KINDS } from '#pact/care.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { post } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { useDraft } from '../app/use-draft.ts';
import { Field } from '../entry/field.tsx';

const EMPTY = {
  code: '',
  salutation: '',
  grid: '',
  building: '',
  unit: '',
  floor: '',
  room: '',
  phone: '',
  kind: HOME_KINDS[0] as string,
  resident: '',
  birthYear: '',
  livesAlone: true,
  hearingWeak: false,
};
type Draft = typeof EMPTY;

/** The first step: the door and the elder. The home is in the register then, and not yet under the pact. */
export function NewHome({ community }: { community: CommunityView }) {
  const all = useTextOf(ENROL_TEXT);
  const words = all.home;
  const { run, pending, problem } = useAction('inline');
  const { draft, change, forget } = useDraft<Draft>(`pact.new-home.${community.id}`, EMPTY);
  const kindId = useId();
  const input = (name: Exclude<keyof Draft, 'livesAlone' | 'hearingWeak'>) => ({
    value: draft[name],
    onChange: (event: { target: { value: string } }) => change({ [name]: event.target.value }),
  });

  async function save(event: FormEvent) {
    event.preventDefault();
    let made: HouseholdFile | undefined;
    const send = async () => {
      made = await post<HouseholdFile>('/households', bodyOf(draft, community.id));
    };
    if ((await run(send, words.saved(draft.code))) && made) {
      forget();
      location.hash = `#enrol/${made.id}`;
    }
  }

  return (
    <>
      <header className="page-head">
        <div>
          <h2>{all.add}</h2>
          <p className="hint">{words.lead}</p>
        </div>
        <nav className="actions" aria-label={all.title}>
          <a className="link" href="#enrol">
            ‹ {all.back}
          </a>
        </nav>
      </header>
      <form className="enrol-form sheet-like" onSubmit={save}>
        <div className="pair">
          <Field
            label={words.code}
            hint={words.codeHint}
            required
            inputMode="numeric"
            pattern="\d{2,4}"
            {...input('code')}
          />
          <Field
            label={words.salutation}
            hint={words.salutationHint}
            required
            maxLength={8}
            {...input('salutation')}
          />
        </div>
        <div className="quad">
          <Field label={words.building} required {...input('building')} />
          <Field label={words.unit} {...input('unit')} />
          <Field label={words.floor} inputMode="numeric" pattern="-?\d{1,3}" {...input('floor')} />
          <Field label={words.room} required {...input('room')} />
        </div>
        <div className="pair">
          <Field label={words.grid} required maxLength={20} {...input('grid')} />
          <Field label={words.phone} inputMode="tel" {...input('phone')} />
        </div>
        <div className="field">
          <label htmlFor={kindId}>{words.kind}</label>
          <select id={kindId} value={draft.kind} onChange={(event) => change({ kind: event.target.value })}>
            {HOME_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {words.kinds[kind]}
              </option>
            ))}
          </select>
        </div>
        <div className="pair">
          <Field label={words.resident} required maxLength={20} {...input('resident')} />
          <Field label={words.birthYear} inputMode="numeric" pattern="\d{4}" {...input('birthYear')} />
        </div>
        <div className="checks">
          <label>
            <input
              type="checkbox"
              checked={draft.livesAlone}
              onChange={(event) => change({ livesAlone: event.target.checked })}
            />
            {words.livesAlone}
          </label>
          <label>
            <input
              type="checkbox"
              checked={draft.hearingWeak}
              onChange={(event) => change({ hearingWeak: event.target.checked })}
            />
            {words.hearingWeak}
          </label>
        </div>
        <ProblemNote problem={problem} />
        <button type="submit" className="button strong" disabled={pending} aria-busy={pending}>
          {words.save}
        </button>
      </form>
    </>
  );
}

const text = (value: string) => value.trim() || null;

function bodyOf(draft: Draft, communityId: string) {
  const { resident, birthYear, livesAlone, hearingWeak, code, salutation, grid, building, room } = draft;
  return {
    communityId,
    code: code.trim(),
    salutation: salutation.trim(),
    grid: grid.trim(),
    building: building.trim(),
    unit: text(draft.unit),
    floor: text(draft.floor) === null ? null : Number(draft.floor),
    room: room.trim(),
    kind: draft.kind,
    phone: text(draft.phone),
    residents: [
      {
        name: resident.trim(),
        birthYear: birthYear.trim() ? Number(birthYear) : null,
        livesAlone,
        hearingWeak,
      },
    ],
    pact: null,
  };
}
