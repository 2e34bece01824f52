import { createPortal } from 'react-dom';
import type { CommunityView } from '#contracts/http/account.ts';
import type { HouseholdFile } from '#contracts/http/register/household.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { useText, useTextOf } from '../app/language.ts';
import { placeOf } from '../facade/home-words.ts';

/** The consent as it is printed; on the screen it is not there. */
export function PrintedForm({ file, community }: { file: HouseholdFile; community: CommunityView }) {
  const common = useText();
  const words = useTextOf(ENROL_TEXT);
  const { print } = words;
  return createPortal(
    <section className="printed" aria-hidden="true">
      <h1>{print.title}</h1>
      <p className="printed-where">{community.name}</p>
      <p>
        {print.household}:{words.code(file.code)} ·{' '}
        {file.residents.map(({ name }) => name).join('、') || file.salutation} · {placeOf(file, common)}
      </p>
      <p>{print.intro}</p>
      <ol>
        {print.points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ol>
      <p>{print.also}</p>
      <ul>
        {(['entry', 'neighbours', 'family'] as const).map((purpose) => (
          <li key={purpose}>☐ {words.consent.purposes[purpose]}</li>
        ))}
      </ul>
      <dl>
        {[print.signature, print.date, print.office].map((line) => (
          <div key={line}>
            <dt>{line}</dt>
            <dd />
          </div>
        ))}
      </dl>
    </section>,
    document.body,
  );
}
