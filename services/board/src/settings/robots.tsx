import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RobotView } from '#contracts/http/register/robot.ts';
import { SETTINGS_TEXT } from '#pact/text/board-settings.ts';
import { get, patch, post, remove } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { EditSheet, type FormField, type FormValues } from '../register/edit-sheet.tsx';
import { Section } from '../register/section.tsx';
import { Listed } from './listed.tsx';

const FORMATS = ['wecom', 'dingtalk', 'feishu', 'json'] as const;

/** Robots that speak in groups. An address and a secret are written here and never read out again. */
export function Robots({ communityId }: { communityId: string }) {
  const words = useTextOf(SETTINGS_TEXT).robots;
  const queries = useQueryClient();
  const [open, setOpen] = useState<RobotView | 'new'>();
  const query = useQuery({
    queryKey: ['robots', communityId],
    queryFn: async () =>
      (await get<{ items: RobotView[] }>(`/robots?community=${communityId}&limit=100`)).items,
  });
  const again = () => queries.invalidateQueries({ queryKey: ['robots', communityId] });
  const isNew = open === 'new';
  const fields: FormField[] = [
    { kind: 'text', name: 'name', label: words.name, hint: words.nameHint, required: true, most: 20 },
    ...(isNew
      ? [
          {
            kind: 'choice' as const,
            name: 'format',
            label: words.format,
            required: true,
            options: FORMATS.map((value) => ({ value, label: words.formats[value] })),
          },
        ]
      : []),
    {
      kind: 'secret',
      name: 'url',
      label: words.url,
      hint: isNew ? words.urlHint : words.keep,
      required: isNew,
      most: 500,
      pattern: 'https://\\S+',
    },
    {
      kind: 'secret',
      name: 'secret',
      label: words.secret,
      hint: isNew ? words.secretHint : words.keep,
      most: 200,
      pattern: '.{8,}',
    },
  ];
  return (
    <Section title={words.title}>
      <p className="hint">
        {words.lead}{' '}
        <a className="link" href="#register/people">
          {words.toPeople}
        </a>
      </p>
      <Listed query={query} none={words.none}>
        {(robots) => (
          <ul className="lines">
            {robots.map((robot) => (
              <Robot key={robot.id} robot={robot} onEdit={() => setOpen(robot)} onChange={again} />
            ))}
          </ul>
        )}
      </Listed>
      <button type="button" className="button" onClick={() => setOpen('new')}>
        {words.add}
      </button>
      {open ? (
        <EditSheet
          title={isNew ? words.add : open.name}
          draftKey={isNew ? `robot.new.${communityId}` : `robot.${open.id}`}
          fields={fields}
          values={isNew ? { format: 'wecom' } : { name: open.name }}
          onSave={async (changes) => {
            const said = typed(changes);
            if (isNew) await post('/robots', { communityId, format: 'wecom', ...said });
            else await patch(`/robots/${open.id}`, said);
            await again();
          }}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </Section>
  );
}

const typed = (changes: FormValues): FormValues =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));

function Robot(props: { robot: RobotView; onEdit: () => void; onChange: () => Promise<void> }) {
  const words = useTextOf(SETTINGS_TEXT).robots;
  const { run, pending } = useAction();
  const [asking, setAsking] = useState(false);
  const { id, name, format, isSigned } = props.robot;
  async function takeOut() {
    if (await run(() => remove(`/robots/${id}`), words.removed)) await props.onChange();
  }
  return (
    <li>
      <div className="setting">
        <b>{name}</b>
        <small>
          {words.formats[format]} · {isSigned ? words.signed : words.unsigned}
        </small>
        <span className="actions">
          <button
            type="button"
            className="link"
            disabled={pending}
            aria-label={`${words.test}: ${name}`}
            onClick={() => void run(() => post(`/robots/${id}/test`, {}), words.tested)}
          >
            {words.test}
          </button>
          <button type="button" className="link" aria-label={`${words.edit}: ${name}`} onClick={props.onEdit}>
            {words.edit}
          </button>
          <button
            type="button"
            className="link"
            aria-label={`${words.remove}: ${name}`}
            aria-expanded={asking}
            onClick={() => setAsking(!asking)}
          >
            {words.remove}
          </button>
        </span>
      </div>
      {asking ? (
        <div className="amber box" role="alert">
          <p>{words.removeLead(name)}</p>
          <button type="button" className="button danger" disabled={pending} onClick={() => void takeOut()}>
            {words.remove}
          </button>
        </div>
      ) : null}
    </li>
  );
}
