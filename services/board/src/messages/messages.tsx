import { memo, useState } from 'react';
import type { TodayView } from '#contracts/http/today.ts';
import { useText } from '../app/language.ts';
import { MessageCard } from './message-card.tsx';

const PAGE = 12;

/** What was sent and what came back, newest first. */
export const Messages = memo(function Messages({
  messages,
  timeZone,
}: Pick<TodayView, 'messages' | 'timeZone'>) {
  const words = useText();
  const [count, setCount] = useState(PAGE);
  return (
    <section className="messages" aria-labelledby="messages-title">
      <h2 id="messages-title">{words.messages.title}</h2>
      {messages.length === 0 ? <p className="hint">{words.messages.none}</p> : null}
      {messages.slice(0, count).map((message) => (
        <MessageCard key={message.id} message={message} timeZone={timeZone} />
      ))}
      {messages.length > count ? (
        <button type="button" className="button wide" onClick={() => setCount(count + PAGE)}>
          {words.messages.more}
        </button>
      ) : null}
    </section>
  );
});
