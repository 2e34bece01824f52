import { memo } from 'react';
import { useText } from '../app/language.ts';
import type { Picture, Tone } from './look.ts';
import { WindowPicture } from './pictures.tsx';

const EXAMPLES = {
  kept: 'flower',
  awaiting: 'drawn',
  unusual: 'drawn',
  due: 'drawn',
  missed: 'drawn',
  going: 'drawn',
  visited: 'door',
  late: 'flower',
  excused: 'shutters',
  unknown: 'unknown',
} as const satisfies Record<string, Picture>;

const tones = Object.entries(EXAMPLES) as [keyof typeof EXAMPLES, Picture][];

export const Legend = memo(function Legend() {
  const words = useText();
  return (
    <ul className="legend" aria-label={words.facade.legend}>
      {tones.map(([name, picture]) => {
        const tone: Tone = name === 'unknown' ? 'unprotected' : name;
        return (
          <li key={name}>
            <span className="sample" data-tone={tone}>
              <WindowPicture picture={picture} tone={tone} />
            </span>
            {words.legend[name]}
          </li>
        );
      })}
    </ul>
  );
});
