import { useQuery } from '@tanstack/react-query';
import type { AlertPerson } from '#contracts/http/alert.ts';
import type { BoardText } from '#pact/text/board.ts';
import { get } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { useSession } from '../app/session.tsx';

/** Who may go for an alert, as they stand at this moment. */
export function usePeople(alertId: string) {
  const { personId: own } = useSession();
  return useQuery({
    queryKey: ['people', alertId],
    queryFn: async () => (await get<{ items: AlertPerson[] }>(`/alerts/${alertId}/people`)).items,
    // A steward speaks for nobody else.
    select: (people) => (own ? people.filter(({ personId }) => personId === own) : people),
    staleTime: 0,
  });
}

/** One of the people of an alert. */
export function PeopleChoice(props: {
  title: string;
  people: readonly AlertPerson[] | undefined;
  chosen: AlertPerson | undefined;
  onChoose: (personId: string) => void;
}) {
  const words = useText();
  return (
    <>
      <fieldset className="choices" aria-busy={props.people === undefined}>
        <legend className="unseen">{props.title}</legend>
        {props.people?.map((person) => (
          <label key={person.personId}>
            <input
              type="radio"
              name="person"
              value={person.personId}
              checked={person.personId === props.chosen?.personId}
              onChange={() => props.onChoose(person.personId)}
            />
            <b>{person.name}</b>
            <span>
              {words.person[person.role] ?? person.role} · {standingOf(person, words)}
            </span>
          </label>
        ))}
      </fieldset>
      {props.people?.length === 0 ? <p className="hint box">{words.alerts.nobodyToGo}</p> : null}
    </>
  );
}

function standingOf(person: AlertPerson, { alerts: { people } }: BoardText): string {
  if (person.onTheWay) return people.onTheWay;
  if (person.passed) return people.passed;
  return person.paged ? people.paged : people.notPaged;
}
