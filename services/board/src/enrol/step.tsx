import { type ReactNode, useState } from 'react';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { useTextOf } from '../app/language.ts';

/** One step of the path: open while it is the one to do, folded with its result once it is done. */
export function Step(props: {
  number: number;
  title: string;
  lead: string;
  done: boolean;
  current: boolean;
  /** What was done, in a line. */
  summary?: string | undefined;
  children: ReactNode;
}) {
  const words = useTextOf(ENROL_TEXT);
  const [opened, setOpened] = useState<boolean>();
  const isOpen = opened ?? props.current;
  return (
    <li className="step" data-done={props.done || undefined} data-current={props.current || undefined}>
      <span className="step-number" aria-hidden="true">
        {props.done ? '✓' : props.number}
      </span>
      <div>
        <h3>
          {props.title}
          {props.done ? <span className="unseen"> {words.done}</span> : null}
        </h3>
        {props.done && props.summary && !isOpen ? <p className="hint">{props.summary}</p> : null}
        {isOpen ? (
          <>
            <p className="hint">{props.lead}</p>
            {props.children}
          </>
        ) : null}
      </div>
      {props.current && !props.done ? null : (
        <button type="button" className="link" aria-expanded={isOpen} onClick={() => setOpened(!isOpen)}>
          {isOpen ? words.fold : words.open}
          <span className="unseen"> {props.title}</span>
        </button>
      )}
    </li>
  );
}
