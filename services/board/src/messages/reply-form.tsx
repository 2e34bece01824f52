import { type FormEvent, useState } from 'react';
import type { MessageView } from '#contracts/http/today.ts';
import { post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';

const ACTIONS = [1, 2, 3, 4] as const;

/** Answers as if from the phone that the outbox holds the message for: household number and one digit, or words. */
export function ReplyForm({ message, onDone }: { message: MessageView; onDone: () => void }) {
  const words = useText();
  const { run, pending } = useAction();
  const [text, setText] = useState('');

  async function send(reply: string) {
    if (await run(() => post(`/messages/${message.id}/reply`, { text: reply }), words.messages.sent))
      onDone();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    if (text.trim()) void send(text.trim());
  }

  return (
    <div className="reply">
      {message.kind === 'page' && message.code ? (
        <div className="quick">
          {ACTIONS.map((action) => (
            <button
              key={action}
              type="button"
              className="button"
              disabled={pending}
              onClick={() => send(`${message.code}${action}`)}
            >
              <b>
                {message.code}
                {action}
              </b>{' '}
              {words.messages.quick[action]}
            </button>
          ))}
        </div>
      ) : null}
      <form className="inline-form" onSubmit={submit}>
        <input
          aria-label={words.messages.text}
          placeholder={words.messages.text}
          maxLength={1000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button strong" disabled={pending || !text.trim()}>
          {words.messages.send}
        </button>
        <button type="button" className="button" onClick={onDone}>
          {words.cancel}
        </button>
      </form>
    </div>
  );
}
