import { useQuery } from '@tanstack/react-query';
import type { HouseholdFile } from '#contracts/http/register/household.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Age, ResidentFacts } from '../register/residents.tsx';
import { Fact } from '../register/section.tsx';

/** What whoever goes there, or the ambulance, asks for: who lives there, how to get in, and whom to call. */
export function EmergencyFacts({ householdId }: { householdId: string }) {
  const title = useText().alertPage.facts;
  const words = useTextOf(REGISTER_TEXT);
  const query = useQuery({
    queryKey: ['household', householdId],
    queryFn: ({ signal }) => get<HouseholdFile>(`/households/${householdId}`, signal),
  });
  const file = query.data;
  const { home, resident: labels, people } = words;
  return (
    <section className="file-part" aria-label={title} aria-busy={query.isPending}>
      <h3>{title}</h3>
      {query.isError ? <ProblemNote problem={query.error} /> : null}
      {file ? (
        <>
          <dl className="facts">
            <Fact name={home.phone}>
              {file.phone ? <a href={`tel:${file.phone}`}>{file.phone}</a> : words.none}
            </Fact>
            <Fact name={home.keyNote}>{file.keyNote ?? words.none}</Fact>
            <Fact name={home.entryConsent}>{file.entryConsent ? words.yes : words.no}</Fact>
            {file.note ? <Fact name={home.note}>{file.note}</Fact> : null}
          </dl>
          {file.residents.length === 0 ? <p className="hint">{labels.none}</p> : null}
          {file.residents.map((resident) => (
            <article className="resident" key={resident.id}>
              <h4>
                {resident.name} <Age resident={resident} />
              </h4>
              <ResidentFacts resident={resident} />
            </article>
          ))}
          <dl className="facts">
            {file.people.map((person) => (
              <Fact key={`${person.id}/${person.role}`} name={people.roles[person.role]}>
                {person.name} <a href={`tel:${person.phone}`}>{person.phone}</a>
              </Fact>
            ))}
          </dl>
        </>
      ) : null}
    </section>
  );
}
