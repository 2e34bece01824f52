import { memo } from 'react';
import type { Picture, Tone } from './look.ts';

const TURNS = [0, 60, 120, 180, 240, 300];
const PETAL = [
  'M0-2.500C5.500-6 5.500-11.500 0-15.500C-5.500-11.500-5.500-6 0-2.500Z',
  'M0-5.500C2.600-7.500 2.600-10.500 0-12.500C-2.600-10.500-2.600-7.500 0-5.500Z',
].join('');
const SEED = 'M7.800-11.800L6.800-10.500L5.500-11.300L6.600-13Z';

/** The paper-cut as one path: five hundred windows refer to it, and every element would count as often. */
const FLOWER = TURNS.map((turn) => turned(PETAL, turn) + turned(SEED, turn)).join('');
const PLEATS = [3, 9, 15, 21, 27, 33, 39].map((x) => `M${x} 0q1.500 28 0 56`).join('');
const SHUTTER_SLATS = [7, 14, 21, 28, 35, 42, 49];

/** The shapes of all windows, once per page; each window only refers to them. */
export const Shapes = memo(function Shapes() {
  return (
    <svg className="shapes" aria-hidden="true" focusable="false">
      <defs>
        <pattern id="hatch" width="9" height="9" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">
          <rect width="9" height="9" className="hatch-light" />
          <rect width="3" height="9" className="hatch-dark" />
        </pattern>
        <symbol id="panel" viewBox="0 0 46 56" preserveAspectRatio="none">
          <rect width="46" height="56" className="cloth" />
          <path d={PLEATS} className="pleat" />
        </symbol>
        <symbol id="flower" viewBox="-17 -17 34 34">
          <path d={FLOWER} />
        </symbol>
        <symbol id="walker" viewBox="0 0 24 24">
          <circle cx="13" cy="4" r="2.300" />
          <path d="M12 7.500 10.500 14l3.500 3 1 5.500M10.500 14 8.500 18 5 21.500M12 7.500 8 10l-1 3.500M12 7.500l3.500 4L19 12.500" />
        </symbol>
        <symbol id="person" viewBox="0 0 24 24">
          <circle cx="12" cy="6" r="3.200" />
          <path d="M12 9.500v7M8 12.500l4-2 4 2M12 16.500 9 23M12 16.500 15 23" />
        </symbol>
      </defs>
    </svg>
  );
});

/** A window's picture. Both halves of the curtain are always there, so that they glide when it opens. */
export function WindowPicture({ picture, tone }: { picture: Picture; tone: Tone }) {
  const hasCurtain = picture === 'flower' || picture === 'drawn' || picture === 'bare';
  return (
    <svg className="picture" data-picture={picture} viewBox="0 0 92 56" aria-hidden="true" focusable="false">
      <rect width="92" height="56" className="glass" />
      {picture === 'flower' ? (
        <use href="#flower" className="flower" x="29" y="11" width="34" height="34" />
      ) : null}
      {picture === 'bare' ? <path className="moon" d="M50 17a12 12 0 1 0 5 19a10 10 0 0 1-5-19Z" /> : null}
      {hasCurtain ? (
        <>
          <use href="#panel" className="half left" width="46" height="56" />
          <use href="#panel" className="half right" width="46" height="56" />
        </>
      ) : null}
      {picture === 'shutters'
        ? SHUTTER_SLATS.map((y) => <path key={y} className="slat" d={`M5 ${y}h82`} />)
        : null}
      {picture === 'unknown' ? (
        <>
          <rect width="92" height="56" fill="url(#hatch)" />
          <circle cx="46" cy="28" r="14" className="question-ground" />
          <text x="46" y="36" className="question">
            ?
          </text>
        </>
      ) : null}
      {picture === 'door' ? (
        <>
          <path className="door" d="M30 56V8h32v48" />
          <use href="#person" className="figure" x="28" y="13" width="36" height="42" />
        </>
      ) : null}
      {tone === 'going' ? (
        <>
          <circle cx="46" cy="28" r="19" className="walker-ground" />
          <use href="#walker" className="figure" x="31" y="13" width="30" height="30" />
        </>
      ) : null}
    </svg>
  );
}

/** A path of absolute points, turned by degrees about the middle. */
function turned(path: string, degrees: number): string {
  const radians = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  return path.replace(/(-?[\d.]+) ?(-?[\d.]+)/g, (_, left: string, top: string) => {
    const [x, y] = [Number(left), Number(top)];
    return `${(x * cos - y * sin).toFixed(2)} ${(x * sin + y * cos).toFixed(2)} `;
  });
}
