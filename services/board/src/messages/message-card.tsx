import { memo, useState } from 'react';
import type { MessageView } from '#contracts/http/today.ts';
import { useText } from '../app/language.ts';
import { useIsOffice } from '../app/session.tsx';
import { timeOf } from '../today/local-time.ts';
import { ReplyForm } from './reply-form.tsx';

export const MessageCard = memo(function MessageCard({
  message,
  timeZone,
}: {
  message: MessageView;
  timeZone: string;
}) {
  const words = useText();
  const isOffice = useIsOffice();
  const [answering, setAnswering] = useState(false);
  const who = message.person ?? words.messages.stranger;
  // The provider's own code stands behind the word in brackets.
  const why = message.failure?.replace(/ \(.*\)$/, '');
  const failure = why ? (words.messages.failures[why] ?? words.messages.states.failed) : undefined;
  return (
    <article className="message" data-direction={message.direction} data-state={message.state}>
      <header>
        <b>{message.direction === 'out' ? words.messages.to(who) : words.messages.from(who)}</b>
        <span className="chip" data-kind={message.kind}>
          {words.messages.kinds[message.kind]}
          {message.channel === 'sms' ? '' : ` · ${words.messages.channels[message.channel]}`}
        </span>
        <time dateTime={message.createdAt}>{timeOf(message.createdAt, timeZone)}</time>
      </header>
      <p className="text">{message.text}</p>
      <footer>
        <span className="fate">{failure ?? words.messages.states[message.state]}</span>
        {message.answerable && isOffice && !answering ? (
          <button
            type="button"
            className="link"
            aria-label={`${words.messages.answer}: ${who}`}
            onClick={() => setAnswering(true)}
          >
            {words.messages.answer}
          </button>
        ) : null}
      </footer>
      {answering ? <ReplyForm message={message} onDone={() => setAnswering(false)} /> : null}
    </article>
  );
});
