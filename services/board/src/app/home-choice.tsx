import { useId } from 'react';
import { placeOf } from '../facade/home-words.ts';
import { useText } from './language.ts';
import { ProblemNote } from './problem-note.tsx';
import { useHomes } from './use-homes.ts';

/** One home of the community, by its number. */
export function HomeChoice(props: {
  label: string;
  communityId: string;
  value: string;
  /** A home that cannot be chosen. */
  except?: string;
  onChange: (householdId: string) => void;
}) {
  const common = useText();
  const homes = useHomes(props.communityId);
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <select id={id} required value={props.value} onChange={(event) => props.onChange(event.target.value)}>
        <option value="">{common.choose}</option>
        {homes.data
          ?.filter((home) => home.id !== props.except)
          .map((home) => (
            <option key={home.id} value={home.id}>
              {common.home.code(home.code)} {home.salutation} {placeOf(home, common)}
            </option>
          ))}
      </select>
      {homes.isError ? <ProblemNote problem={homes.error} /> : null}
    </div>
  );
}
