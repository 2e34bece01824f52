import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import { SETTINGS_TEXT } from '#pact/text/board-settings.ts';
import { patch } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { EditSheet, type FormField, type FormValues } from '../register/edit-sheet.tsx';
import { Fact, Section } from '../register/section.tsx';

/** What the community is called and can be reached by, and the times at which it is told things. */
export function CommunitySections({ community }: { community: CommunityView }) {
  const words = useTextOf(SETTINGS_TEXT);
  const { community: about, times } = words;
  const aboutFields: FormField[] = [
    { kind: 'text', name: 'name', label: about.name, required: true, most: 20 },
    { kind: 'text', name: 'district', label: about.district, hint: about.placeHint, most: 20 },
    { kind: 'text', name: 'street', label: about.street, most: 20 },
    {
      kind: 'choice',
      name: 'language',
      label: about.language,
      required: true,
      options: (['zh-CN', 'en'] as const).map((value) => ({ value, label: about.languages[value] })),
    },
    { kind: 'tel', name: 'emergencyNumber', label: about.emergencyNumber, required: true, most: 6 },
    { kind: 'tel', name: 'officePhone', label: about.officePhone, hint: about.officePhoneHint, most: 30 },
  ];
  const timeFields: FormField[] = [
    {
      kind: 'time',
      name: 'sensorCheckAt',
      label: times.sensorCheckAt,
      hint: times.sensorCheckHint,
      required: true,
    },
    { kind: 'time', name: 'eveningAt', label: times.eveningAt, hint: times.eveningHint, required: true },
    { kind: 'time', name: 'quietFrom', label: times.quietFrom, hint: times.quietHint, required: true },
    { kind: 'time', name: 'quietUntil', label: times.quietUntil, required: true },
    {
      kind: 'number',
      name: 'stormPercent',
      label: times.stormPercent,
      hint: times.stormHint,
      required: true,
      most: 3,
    },
  ];
  return (
    <>
      <Part title={about.title} fields={aboutFields} community={community}>
        <Fact name={about.name}>{community.name}</Fact>
        <Fact name={about.district}>{community.district ?? '—'}</Fact>
        <Fact name={about.street}>{community.street ?? '—'}</Fact>
        <Fact name={about.language}>{about.languages[community.language]}</Fact>
        <Fact name={about.emergencyNumber}>{community.emergencyNumber}</Fact>
        <Fact name={about.officePhone}>{community.officePhone ?? '—'}</Fact>
        <Fact name={about.timeZone}>{community.timeZone}</Fact>
      </Part>
      <Part title={times.title} fields={timeFields} community={community} note={times.deadlineHint}>
        <Fact name={times.sensorCheckAt}>{community.sensorCheckAt}</Fact>
        <Fact name={times.eveningAt}>{community.eveningAt}</Fact>
        <Fact name={times.quiet}>{times.quietSpan(community.quietFrom, community.quietUntil)}</Fact>
        <Fact name={times.storm}>{times.percent(community.stormPercent)}</Fact>
      </Part>
    </>
  );
}

function Part(props: {
  title: string;
  fields: readonly FormField[];
  community: CommunityView;
  note?: string;
  children: React.ReactNode;
}) {
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const { community, fields } = props;
  const values: FormValues = Object.fromEntries(
    fields.map(({ name }) => [name, community[name as keyof CommunityView]]),
  );
  return (
    <Section title={props.title} onEdit={() => setOpen(true)}>
      <dl className="facts">{props.children}</dl>
      {props.note ? <p className="hint">{props.note}</p> : null}
      {open ? (
        <EditSheet
          title={props.title}
          draftKey={`community.${community.id}.${fields[0]?.name}`}
          fields={fields}
          values={values}
          onSave={async (changes) => {
            await patch(`/communities/${community.id}`, changes);
            await queries.invalidateQueries({ queryKey: ['communities'] });
          }}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </Section>
  );
}
