import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { type CodecTrialView, LONGEST_CODE } from '#contracts/http/register/codec.ts';
import { CODECS_TEXT } from '#pact/text/board-codecs.ts';
import { post } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { Field } from '../entry/field.tsx';
import { Section } from '../register/section.tsx';
import { CodeField } from './code-field.tsx';
import { leavesOf, type MappingDraft, mappingOf, sampleOf } from './mapping-draft.ts';
import { MappingFields } from './mapping-fields.tsx';
import { OurReading } from './our-reading.tsx';

export type CodecDraft = {
  name: string;
  code: string;
  sample: string;
  port: string;
  mapping: MappingDraft;
  /** The name of the one that is being changed; empty for a new one. */
  editing: string;
};
export const EMPTY_CODEC: CodecDraft = {
  ...{ name: '', code: '', sample: '', port: '', mapping: {}, editing: '' },
};

/** Where a codec is tried on a frame, its fields are told apart, and what we make of them is seen before it is kept. */
export function CodecBench(props: {
  communityId: string;
  draft: CodecDraft;
  onChange: (parts: Partial<CodecDraft>) => void;
  onAnother: () => void;
  onSaved: () => Promise<void>;
}) {
  const words = useTextOf(CODECS_TEXT);
  const id = useId();
  const { communityId, draft, onChange } = props;
  const { run, pending, problem } = useAction('inline');
  const [tried, setTried] = useState<object>();
  const [asked, setAsked] = useState(false);
  const mapping = mappingOf(draft.mapping);
  const hasMapping = Object.keys(mapping).length > 0;
  const sample = sampleOf(draft.sample);
  const notFrame = draft.sample.trim() !== '' && !sample;

  const frame = sample && {
    code: draft.code,
    ...sample,
    fPort: draft.port === '' ? null : Number(draft.port),
  };

  // Once tried, what we make of it follows every change of the mapping.
  const trial = useQuery({
    queryKey: ['codec-trial', communityId, tried, mapping],
    queryFn: () =>
      post<CodecTrialView>('/codecs/try', { communityId, ...tried, ...(hasMapping ? { mapping } : {}) }),
    enabled: tried !== undefined,
    placeholderData: (before, query) => (query?.queryKey[2] === tried ? before : undefined),
    staleTime: Number.POSITIVE_INFINITY,
  });

  // An answer is one to what stands in the form, and to nothing else.
  const answer = JSON.stringify(frame) === JSON.stringify(tried) ? trial.data : undefined;

  function tryIt(event: FormEvent) {
    event.preventDefault();
    setTried(frame);
  }

  const { name, code } = draft;
  const lacks = whatLacks();

  function whatLacks(): string | undefined {
    const { needs } = words;
    if (!name.trim()) return needs.name;
    if (!code.trim()) return needs.code;
    if (!mapping.contact && !mapping.position) return needs.curtain;
    return answer?.reading ? undefined : needs.tried;
  }

  async function save() {
    setAsked(true);
    if (lacks) return;
    const body = { communityId, name: name.trim(), code, mapping };
    if (!(await run(() => post('/codecs', body), words.saved))) return;
    setTried(undefined);
    setAsked(false);
    await props.onSaved();
  }

  return (
    <Section title={words.bench}>
      {draft.editing ? (
        <p className="amber box" id="codec-bench">
          {words.editing(draft.editing)}{' '}
          <button type="button" className="link" onClick={props.onAnother}>
            {words.another}
          </button>
        </p>
      ) : (
        <span id="codec-bench" />
      )}
      <div className="codec-bench">
        <form onSubmit={tryIt}>
          <Field
            label={words.name}
            hint={words.nameHint}
            type="text"
            maxLength={40}
            value={draft.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
          <CodeField most={LONGEST_CODE} code={draft.code} onChange={(code) => onChange({ code })} />
          <Field
            label={words.sample}
            hint={words.sampleHint}
            problem={notFrame ? words.notFrame : undefined}
            type="text"
            spellCheck={false}
            autoComplete="off"
            maxLength={8_192}
            value={draft.sample}
            onChange={(event) => onChange({ sample: event.target.value })}
          />
          <Field
            label={words.port}
            hint={words.portHint}
            type="number"
            min={0}
            max={255}
            value={draft.port}
            onChange={(event) => onChange({ port: event.target.value })}
          />
          <button
            type="submit"
            className="button strong"
            disabled={!sample || draft.code.trim() === ''}
            aria-busy={trial.isFetching}
          >
            {words.try}
          </button>
        </form>
        <section aria-labelledby={`${id}-fields`}>
          <h4 id={`${id}-fields`}>{words.fields}</h4>
          <ProblemNote problem={trial.error ?? undefined} />
          <Answer trial={answer} />
          <MappingFields
            leaves={answer?.ok ? leavesOf(answer.data) : []}
            draft={draft.mapping}
            onChange={(change) => onChange({ mapping: change })}
          />
          <h4>{words.ours}</h4>
          <OurReading trial={answer} isMapped={hasMapping} />
          {asked && lacks ? (
            <p className="problem box" role="alert">
              {lacks}
            </p>
          ) : null}
          <ProblemNote problem={problem} />
          <button
            type="button"
            className="button strong"
            disabled={pending}
            aria-busy={pending}
            onClick={() => void save()}
          >
            {words.save}
          </button>
        </section>
      </div>
    </Section>
  );
}

/** Why the codec said nothing, in words and in its own. */
function Answer({ trial }: { trial: CodecTrialView | undefined }) {
  const words = useTextOf(CODECS_TEXT);
  if (!trial) return <p className="hint">{words.beforeTry}</p>;
  if (trial.ok) return <p className="hint">{words.fieldsHint}</p>;
  return (
    <div className="problem box" role="alert">
      <p>{words.refusals[trial.refusal ?? ''] ?? trial.refusal}</p>
      {trial.message ? <code>{trial.message}</code> : null}
    </div>
  );
}
