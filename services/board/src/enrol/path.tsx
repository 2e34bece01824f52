import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { CommunityView } from '#contracts/http/account.ts';
import type { EnrolmentView } from '#contracts/http/register/enrolment.ts';
import type { HouseholdFile } from '#contracts/http/register/household.ts';
import { ENROLMENT_STEPS } from '#pact/enrolment.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { placeOf } from '../facade/home-words.ts';
import { useServerTime } from '../today/clock.ts';
import { ConsentStep } from './consent-step.tsx';
import { PactStep } from './pact-step.tsx';
import { PeopleStep } from './people-step.tsx';
import { SensorStep } from './sensor-step.tsx';
import { TestStep } from './test-step.tsx';

/** While a test runs its page looks every so many milliseconds whether something has been seen. */
const LOOK_EVERY_MS = 1_500;

export type StepProps = {
  file: HouseholdFile;
  enrolment: EnrolmentView;
  community: CommunityView;
  done: boolean;
  current: boolean;
  /** Something was changed: everything shown is read anew. */
  onChange: () => Promise<void>;
};

const STEPS = {
  consent: ConsentStep,
  pact: PactStep,
  people: PeopleStep,
  sensor: SensorStep,
  test: TestStep,
} as const;

/** The guided path of one home: what is done is folded, the next thing to do is open. */
export function Path({ householdId, community }: { householdId: string; community: CommunityView }) {
  const common = useText();
  const words = useTextOf(ENROL_TEXT);
  const queries = useQueryClient();
  const enrolment = useQuery({
    queryKey: ['enrolment', householdId],
    queryFn: ({ signal }) => get<EnrolmentView>(`/households/${householdId}/enrolment`, signal),
    refetchInterval: ({ state }) => (isRunning(state.data) ? LOOK_EVERY_MS : 30_000),
  });
  const file = useQuery({
    queryKey: ['household', householdId],
    queryFn: ({ signal }) => get<HouseholdFile>(`/households/${householdId}`, signal),
  });
  const problem = enrolment.error ?? file.error;
  // Days are the service's: without its clock no date field may stand at a default.
  const isClockKnown = useServerTime(60_000) > 0;
  if (!enrolment.data || !file.data || !isClockKnown) {
    return problem ? (
      <section className="state">
        <h2>{words.failed}</h2>
        <ProblemNote problem={problem} />
        <a className="button" href="#enrol">
          {words.back}
        </a>
      </section>
    ) : (
      <section className="state" aria-busy="true">
        <p role="status">{words.loading}</p>
      </section>
    );
  }
  const { missing } = enrolment.data;
  const [next] = missing;
  const props = {
    file: file.data,
    enrolment: enrolment.data,
    community,
    async onChange() {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['enrolment', householdId] }),
        queries.invalidateQueries({ queryKey: ['household', householdId] }),
        queries.invalidateQueries({ queryKey: ['enrolments'] }),
      ]);
    },
  };
  return (
    <>
      <header className="page-head">
        <div>
          <h2>
            {words.code(file.data.code)} {file.data.salutation} <small>{placeOf(file.data, common)}</small>
          </h2>
        </div>
        <nav className="actions" aria-label={words.title}>
          <a className="link" href="#enrol">
            ‹ {words.back}
          </a>
        </nav>
      </header>
      {next === undefined ? (
        <section className="protected" role="status">
          <h3>{words.protectedTitle(file.data.code)}</h3>
          <p>{words.protectedLead}</p>
        </section>
      ) : null}
      <ol className="path">
        {ENROLMENT_STEPS.map((step) => {
          const One = STEPS[step];
          return <One key={step} done={!missing.includes(step)} current={step === next} {...props} />;
        })}
      </ol>
    </>
  );
}

const isRunning = (enrolment: EnrolmentView | undefined): boolean =>
  enrolment?.commissioning ? enrolment.commissioning.endedAt === null : false;
