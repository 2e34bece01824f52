import { useText } from '../app/language.ts';
import type { Mark } from './week.ts';

/** A sign with its colour, and what it is about. */
export function Marks({ marks }: { marks: readonly Mark[] }) {
  const words = useText();
  return (
    <span className="marks">
      {marks.map(({ sign, text }) => (
        <span key={`${sign} ${text}`} className="mark" data-sign={sign}>
          <b>{words.rota.signs[sign]}</b> {text}
        </span>
      ))}
    </span>
  );
}
