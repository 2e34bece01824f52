import { useState } from 'react';
import { ApiProblem, post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { EntryPage } from './entry-page.tsx';
import { Field } from './field.tsx';

const PASSWORD_LENGTH = 10;
const USERNAME = /^[^\s\p{C}]{2,64}$/u;

type Props = { token: string | undefined; invited: boolean; onDone: () => void };

/** The account that a one-time link is for: the first one, or that of an invited colleague. The token stands in the fragment of the link, so that no server's log ever has it. */
export default function SetUp({ token, invited, onDone }: Props) {
  const words = useText();
  const title = invited ? words.entry.joinTitle : words.entry.setUpTitle;
  const [form, setForm] = useState({ name: '', username: '', password: '' });
  const [tried, setTried] = useState(false);
  const left = Math.max(0, PASSWORD_LENGTH - [...form.password].length);
  const set = (key: keyof typeof form) => (event: { target: { value: string } }) =>
    setForm({ ...form, [key]: event.target.value });

  async function setUp() {
    setTried(true);
    if (!form.name.trim() || !USERNAME.test(form.username) || left > 0) return;
    await post('/setup', { token, ...form, name: form.name.trim() });
    onDone();
  }

  if (!token) {
    return (
      <EntryPage
        title={title}
        lead={words.entry.noToken}
        action={words.entry.toSignIn}
        onSubmit={async () => onDone()}
      >
        {null}
      </EntryPage>
    );
  }
  const passwordHint = left === 0 ? words.entry.passwordEnough : words.entry.passwordLeft(left);
  return (
    <EntryPage
      title={title}
      lead={invited ? words.entry.joinLead : words.entry.setUpLead}
      action={words.entry.setUp}
      onSubmit={setUp}
      explain={(error) => {
        if (!isSpent(error)) return undefined;
        return invited ? words.entry.inviteSpent : words.entry.linkSpent;
      }}
      footer={
        <button type="button" className="link" onClick={onDone}>
          {words.entry.toSignIn}
        </button>
      }
    >
      <Field
        label={words.entry.name}
        hint={words.entry.nameHint}
        problem={tried && !form.name.trim() ? words.entry.required : undefined}
        autoComplete="name"
        autoFocus
        required
        maxLength={100}
        value={form.name}
        onChange={set('name')}
      />
      <Field
        label={words.entry.username}
        hint={words.entry.usernameHint}
        problem={tried && !USERNAME.test(form.username) ? words.entry.usernameRule : undefined}
        autoComplete="username"
        autoCapitalize="none"
        required
        maxLength={64}
        value={form.username}
        onChange={set('username')}
      />
      <Field
        label={words.entry.password}
        type="password"
        hint={form.password ? passwordHint : words.entry.passwordHint}
        problem={tried && left > 0 ? words.entry.passwordLeft(left) : undefined}
        autoComplete="new-password"
        required
        maxLength={200}
        value={form.password}
        onChange={set('password')}
      />
    </EntryPage>
  );
}

const isSpent = (error: unknown) =>
  error instanceof ApiProblem && [401, 403, 404, 410].includes(error.status);
