import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { useText, useTextOf } from '../app/language.ts';
import { dateOf } from '../today/local-time.ts';
import { Consents } from './consents.tsx';
import type { StepProps } from './path.tsx';
import { PrintedForm } from './printed-form.tsx';
import { Step } from './step.tsx';

/** Paper first: printed, read out, signed; each purpose with its day, and taken back with one. */
export function ConsentStep({ file, enrolment, community, done, current, onChange }: StepProps) {
  const common = useText();
  const words = useTextOf(ENROL_TEXT).consent;
  const { consents } = enrolment;
  const pact = consents.find(({ purpose, withdrawnOn }) => purpose === 'pact' && withdrawnOn === null);
  return (
    <Step
      number={1}
      title={words.step}
      lead={words.lead}
      done={done}
      current={current}
      summary={pact && words.signed(dateOf(pact.signedOn, common), pact.paper)}
    >
      <button type="button" className="button" onClick={() => print()}>
        {words.print}
      </button>
      <PrintedForm file={file} community={community} />
      <Consents householdId={file.id} consents={consents} timeZone={community.timeZone} onChange={onChange} />
    </Step>
  );
}
