import type { ReactNode } from 'react';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { useTextOf } from '../app/language.ts';

/** One part of a file, with the way to change it. */
export function Section(props: { title: string; onEdit?: () => void; children: ReactNode }) {
  const words = useTextOf(REGISTER_TEXT);
  return (
    <section className="file-part" aria-label={props.title}>
      <header>
        <h3>{props.title}</h3>
        {props.onEdit ? (
          <button
            type="button"
            className="button"
            aria-label={`${words.edit}: ${props.title}`}
            onClick={props.onEdit}
          >
            {words.edit}
          </button>
        ) : null}
      </header>
      {props.children}
    </section>
  );
}

export const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
