import { useState } from 'react';
import { DEVICE_FORMATS } from '#contracts/bridge/formats.ts';
import type { DeviceView } from '#contracts/http/register/device.ts';
import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { patch } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { EditSheet, type FormField } from '../register/edit-sheet.tsx';
import { Fact, Section } from '../register/section.tsx';
import { formatWords } from './device-words.ts';
import { useAskAgain } from './use-sources.ts';

type Props = { device: DeviceView; codecs: readonly { id: string; name: string }[] };

/** How a device is read, and what of it counts. */
export function DeviceSettings({ device, codecs }: Props) {
  const words = useTextOf(SOURCES_TEXT);
  const labels = words.settings;
  const askAgain = useAskAgain();
  const [open, setOpen] = useState(false);
  const { format, codecId, debounceMs, openPercent, closedPercent, motorCounts } = device;
  const codec = codecs.find(({ id }) => id === codecId)?.name;
  const fields: FormField[] = [
    {
      kind: 'choice',
      name: 'format',
      label: labels.format,
      none: words.card.noFormat,
      options: DEVICE_FORMATS.map((value) => ({ value, label: formatWords(value, undefined, words) })),
    },
    {
      kind: 'choice',
      name: 'codecId',
      label: labels.codec,
      none: labels.codecNone,
      options: codecs.map(({ id, name }) => ({ value: id, label: name })),
    },
    { kind: 'number', name: 'debounceMs', label: labels.debounce, hint: labels.debounceHint },
    { kind: 'number', name: 'openPercent', label: labels.open, required: true },
    {
      ...{ kind: 'number', name: 'closedPercent', label: labels.closed, hint: labels.closedHint },
      required: true,
    },
    { kind: 'check', name: 'motorCounts', label: labels.motor },
  ];
  return (
    <Section title={labels.title} onEdit={() => setOpen(true)}>
      <dl className="facts">
        <Fact name={labels.format}>
          {format ? formatWords(format, codec, words) : words.card.noFormat}{' '}
          {format === 'codec' ? (
            <a className="link" href="#codecs">
              {words.toCodecs}
            </a>
          ) : null}
        </Fact>
        <Fact name={labels.debounce}>{debounceMs ?? labels.usual}</Fact>
        <Fact name={labels.open}>{openPercent}%</Fact>
        <Fact name={labels.closed}>{closedPercent}%</Fact>
        <Fact name={labels.motor}>{motorCounts ? labels.motorYes : labels.motorNo}</Fact>
      </dl>
      {open ? (
        <EditSheet
          title={labels.title}
          draftKey={`device.${device.id}`}
          fields={fields}
          values={{ format, codecId, debounceMs, openPercent, closedPercent, motorCounts }}
          onSave={async (changes) => {
            await patch(`/devices/${device.id}`, changes);
            await askAgain();
          }}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </Section>
  );
}
