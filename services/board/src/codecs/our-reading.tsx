import type { CodecTrialView } from '#contracts/http/register/codec.ts';
import { CODECS_TEXT } from '#pact/text/board-codecs.ts';
import { useTextOf } from '../app/language.ts';

/** What we make of a codec's data, and the event that would come of it. */
export function OurReading({ trial, isMapped }: { trial: CodecTrialView | undefined; isMapped: boolean }) {
  const words = useTextOf(CODECS_TEXT);
  if (!trial?.ok || !isMapped) return <p className="hint">{words.oursNothing}</p>;
  const { reading, refusal } = trial;
  if (!reading) return <p className="amber box">{words.refusals[refusal ?? ''] ?? words.oursNothing}</p>;
  const { contact, position, battery, batteryLow, tamper, openings, deviceAt } = reading;
  const { reading: say } = words;
  const facts = [
    contact === null ? undefined : words.contact[contact],
    position === null ? undefined : say.position(position),
    battery === null ? undefined : say.battery(battery),
    batteryLow === null ? undefined : say.batteryLow(batteryLow),
    tamper === null ? undefined : say.tamper(tamper),
    openings === null ? undefined : say.openings(openings),
    deviceAt === null ? undefined : say.at(deviceAt),
  ].filter((fact) => fact !== undefined);
  const event = contact === 'open' ? 'opened' : contact === 'closed' ? 'closed' : undefined;
  return (
    <div className={contact || position !== null ? 'well box' : 'amber box'} role="status">
      <b>{facts.join(' · ')}</b>
      <p>{event ? words.event(event) : position !== null ? words.event('position') : words.noEvent}</p>
    </div>
  );
}
