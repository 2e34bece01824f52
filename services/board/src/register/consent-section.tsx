import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { EnrolmentView } from '#contracts/http/register/enrolment.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { get } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Consents } from '../enrol/consents.tsx';
import { useServerTime } from '../today/clock.ts';
import type { FileProps } from './home-file.tsx';
import { Section } from './section.tsx';
import '../style/enrol.css';

/** What was signed for, and the way to take it back. */
export function ConsentSection({ file, onChange, timeZone }: FileProps & { timeZone: string }) {
  const words = useTextOf(ENROL_TEXT).consent;
  const { loading } = useTextOf(REGISTER_TEXT);
  const queries = useQueryClient();
  // Days are the service's: without its clock no date field may stand at a default.
  const isClockKnown = useServerTime(60_000) > 0;
  const query = useQuery({
    queryKey: ['enrolment', file.id],
    queryFn: ({ signal }) => get<EnrolmentView>(`/households/${file.id}/enrolment`, signal),
  });
  return (
    <Section title={words.step}>
      {query.isError ? <ProblemNote problem={query.error} /> : null}
      {query.data && isClockKnown ? (
        <Consents
          householdId={file.id}
          consents={query.data.consents}
          timeZone={timeZone}
          folded
          onChange={async () => {
            await queries.invalidateQueries({ queryKey: ['enrolment', file.id] });
            await onChange();
          }}
        />
      ) : query.isError ? null : (
        <p className="hint" role="status">
          {loading}
        </p>
      )}
    </Section>
  );
}
