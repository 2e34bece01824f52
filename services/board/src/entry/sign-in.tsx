import { useState } from 'react';
import { post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { EntryPage } from './entry-page.tsx';
import { Field } from './field.tsx';

export default function SignIn({ firstTime, onDone }: { firstTime: boolean; onDone: () => void }) {
  const words = useText();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const missing = (value: string) => (tried && !value ? words.entry.required : undefined);

  async function signIn() {
    setTried(true);
    if (!username.trim() || !password) return;
    await post('/session', { username: username.trim(), password });
    onDone();
  }

  return (
    <EntryPage
      title={words.entry.signInTitle}
      lead={words.entry.signInLead}
      action={words.entry.signIn}
      onSubmit={signIn}
      footer={firstTime ? <p className="hint box">{words.entry.firstTime}</p> : null}
    >
      <Field
        label={words.entry.username}
        autoComplete="username"
        autoCapitalize="none"
        autoFocus
        required
        maxLength={64}
        value={username}
        problem={missing(username.trim())}
        onChange={(event) => setUsername(event.target.value)}
      />
      <Field
        label={words.entry.password}
        type="password"
        autoComplete="current-password"
        required
        maxLength={200}
        value={password}
        problem={missing(password)}
        onChange={(event) => setPassword(event.target.value)}
      />
    </EntryPage>
  );
}
