import { type FormEvent, useId, useState } from 'react';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { useDraft } from '../app/use-draft.ts';
import { Field } from '../entry/field.tsx';

type Common = { name: string; label: string; hint?: string };
/** One thing that a form asks for. */
export type FormField = Common &
  (
    | {
        kind: 'text' | 'tel' | 'number' | 'time' | 'date' | 'area';
        required?: boolean;
        most?: number;
      }
    /** Written and never read out again; no draft of it is kept. */
    | { kind: 'secret'; required?: boolean; most?: number; pattern: string }
    | { kind: 'check' }
    | {
        kind: 'choice';
        options: readonly { value: string; label: string }[];
        none?: string;
        /** One of them is always chosen. */
        required?: boolean;
      }
    | { kind: 'order'; options: readonly { value: string; label: string }[] }
    | { kind: 'many'; options: readonly { value: string; label: string }[] }
  );
export type FormValues = Record<string, string | number | boolean | null | readonly (string | number)[]>;

/**
 * A form over one record: what was typed is kept in this tab until it is saved, so that a slip loses nothing, and
 * only what differs is sent.
 */
export function EditSheet(props: {
  title: string;
  /** Of the draft; the record's own id where there is one. */
  draftKey: string;
  fields: readonly FormField[];
  values: FormValues;
  /** What stands in the form at first where the record says nothing: to be saved as it is, or changed. */
  offered?: FormValues;
  onSave: (changes: FormValues) => Promise<unknown>;
  onClose: () => void;
}) {
  const words = useTextOf(REGISTER_TEXT);
  const { run, pending, problem } = useAction('inline');
  const { draft, change, forget } = useDraft<FormValues>(`pact.edit.${props.draftKey}`, {
    ...props.values,
    ...props.offered,
  });
  const [secrets, setSecrets] = useState<FormValues>({});
  const values = { ...draft, ...secrets };
  const changes = Object.fromEntries(
    props.fields.flatMap(({ name }) =>
      JSON.stringify(values[name] ?? null) === JSON.stringify(props.values[name] ?? null)
        ? []
        : [[name, values[name] ?? null]],
    ),
  );

  async function save(event: FormEvent) {
    event.preventDefault();
    const isSame = Object.keys(changes).length === 0;
    if (isSame || (await run(() => props.onSave(changes), words.saved))) {
      forget();
      props.onClose();
    }
  }

  return (
    <Sheet title={props.title} kind="drawer" onClose={props.onClose}>
      <form onSubmit={save}>
        {props.fields.map((field) => (
          <Input
            key={field.name}
            field={field}
            value={values[field.name] ?? null}
            onChange={(value) =>
              field.kind === 'secret'
                ? setSecrets((old) => ({ ...old, [field.name]: value }))
                : change({ [field.name]: value })
            }
          />
        ))}
        <ProblemNote problem={problem} />
        <button type="submit" className="button strong wide" disabled={pending} aria-busy={pending}>
          {words.save}
        </button>
      </form>
    </Sheet>
  );
}

type InputProps = {
  field: FormField;
  value: FormValues[string];
  onChange: (value: FormValues[string]) => void;
};

function Input({ field, value, onChange }: InputProps) {
  const id = useId();
  const words = useTextOf(REGISTER_TEXT);
  switch (field.kind) {
    case 'check':
      return (
        <p className="field">
          <label className="check">
            <input
              type="checkbox"
              checked={value === true}
              onChange={(event) => onChange(event.target.checked)}
            />
            {field.label}
          </label>
          {field.hint ? <small className="hint">{field.hint}</small> : null}
        </p>
      );
    case 'choice':
      return (
        <p className="field">
          <label htmlFor={id}>{field.label}</label>
          <select
            id={id}
            value={String(value ?? '')}
            required={field.required}
            onChange={(event) => onChange(event.target.value || null)}
          >
            {field.required && value ? null : <option value="">{field.none ?? words.none}</option>}
            {field.options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
        </p>
      );
    case 'many': {
      const chosen = (Array.isArray(value) ? value : []).map(String);
      const toggle = (one: string, on: boolean) => {
        const kept = field.options.map((option) => option.value).filter((other) => chosen.includes(other));
        onChange(on ? [...kept, one] : kept.filter((other) => other !== one));
      };
      return (
        <fieldset className="checks">
          <legend>{field.label}</legend>
          {field.options.map((option) => (
            <label key={option.value}>
              <input
                type="checkbox"
                checked={chosen.includes(option.value)}
                onChange={(event) => toggle(option.value, event.target.checked)}
              />
              {option.label}
            </label>
          ))}
        </fieldset>
      );
    }
    case 'order':
      return <Order field={field} value={value} onChange={onChange} />;
    case 'area':
      return (
        <p className="field">
          <label htmlFor={id}>{field.label}</label>
          <textarea
            id={id}
            rows={3}
            maxLength={field.most ?? 200}
            value={String(value ?? '')}
            onChange={(event) => onChange(event.target.value || null)}
          />
          {field.hint ? <small className="hint">{field.hint}</small> : null}
        </p>
      );
    default:
      return <Line field={field} value={value} onChange={onChange} />;
  }
}

/** Some of the options, those that count more in front. */
function Order({ field, value, onChange }: InputProps & { field: Extract<FormField, { kind: 'order' }> }) {
  const words = useTextOf(REGISTER_TEXT);
  const chosen = (Array.isArray(value) ? value : []).map(String);
  const nameOf = (one: string) => field.options.find((option) => option.value === one)?.label ?? one;
  const others = field.options.filter((option) => !chosen.includes(option.value));
  const up = (index: number) => {
    const rest = chosen.filter((_, at) => at !== index);
    onChange([...rest.slice(0, index - 1), ...chosen.slice(index, index + 1), ...rest.slice(index - 1)]);
  };
  return (
    <fieldset className="order">
      <legend>{field.label}</legend>
      {field.hint ? <small className="hint">{field.hint}</small> : null}
      <ol>
        {chosen.map((one, index) => (
          <li key={one}>
            <b>{nameOf(one)}</b>
            {index > 0 ? (
              <button
                type="button"
                className="link"
                aria-label={`${words.people.up}: ${nameOf(one)}`}
                onClick={() => up(index)}
              >
                {words.people.up}
              </button>
            ) : null}
            {chosen.length > 1 ? (
              <button
                type="button"
                className="link"
                aria-label={`${words.people.leave}: ${nameOf(one)}`}
                onClick={() => onChange(chosen.filter((other) => other !== one))}
              >
                {words.people.leave}
              </button>
            ) : null}
          </li>
        ))}
      </ol>
      {others.map((option) => (
        <button
          key={option.value}
          type="button"
          className="button"
          onClick={() => onChange([...chosen, option.value])}
        >
          + {option.label}
        </button>
      ))}
    </fieldset>
  );
}

function Line({ field, value, onChange }: InputProps & { field: Extract<FormField, { most?: number }> }) {
  const [text, setText] = useState(String(value ?? ''));
  const isNumber = field.kind === 'number';
  const isText = isNumber || field.kind === 'area';
  const type = isText ? 'text' : field.kind === 'secret' ? 'password' : field.kind;
  return (
    <Field
      label={field.label}
      {...(field.hint ? { hint: field.hint } : {})}
      type={type}
      required={field.required ?? false}
      {...(isNumber ? { inputMode: 'numeric' as const, pattern: '-?\\d*' } : {})}
      {...(field.kind === 'secret' ? { autoComplete: 'off', pattern: field.pattern } : {})}
      {...(field.most ? { maxLength: field.most } : {})}
      value={text}
      onChange={(event) => {
        const next = event.target.value;
        setText(next);
        if (next.trim() === '') onChange(null);
        else if (!isNumber) onChange(next);
        else if (Number.isInteger(Number(next))) onChange(Number(next));
      }}
    />
  );
}
