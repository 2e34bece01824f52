import type { MissReason } from '../verdict.ts';
import type { VoiceCatalogue } from './voice.ts';

const WHY: Record<MissReason, (deadline: string) => string> = {
  no_signal: (deadline) => `The curtain was still closed at ${deadline}.`,
  left_open: (deadline) => `The curtain has been open since yesterday, and nothing moved by ${deadline}.`,
  sensor_silent: () => 'The sensor is silent, and nobody knows how they are.',
  never_reported: () => 'The sensor has never reported, and nobody knows how they are.',
  not_seen: (deadline) => `Nobody had seen them by ${deadline}.`,
};

export const VOICE_EN: VoiceCatalogue = {
  opening: 'Hello, this is Curtain Pact.',
  goodbye: 'Thank you. Goodbye.',
  elderHeard: 'Good, we know that you are well. Have a pleasant day.',
  notUnderstood: 'That was not understood and changed nothing. Please answer our text message.',
  page: ({ home, reason, deadline, emergency, emergencyNumber, entry }) => [
    { text: emergency ? 'Emergency! This is Curtain Pact.' : 'Hello, this is Curtain Pact.' },
    { text: `Number ${digitByDigit(home.code)}, ${home.salutation}, ${home.place}.`, slow: true },
    ...(emergency
      ? [
          {
            text: `Call ${digitByDigit(emergencyNumber)} now and go at once.${entry ? ` To get in: ${entry}.` : ''}`,
          },
        ]
      : [{ text: `${WHY[reason](deadline)} Please go and see now.` }]),
    {
      text: 'If you go, press 1. If they are safe, press 2. For an emergency, press 3. If you cannot go, press 4.',
    },
  ],
  list: ({ homes }) => [
    { text: `Hello, this is Curtain Pact. ${homes.length} homes have not been seen safe.` },
    ...homes.map(({ code, place }) => ({
      text: `Number ${digitByDigit(code)}, ${place}.`,
      slow: true as const,
    })),
    {
      text: 'If you go to all of them, press 1. If you cannot go, press 4. Please report each home by text message.',
    },
  ],
  elderCall: ({ salutation, counts }) => [
    {
      text: `Hello ${salutation}! This is Curtain Pact of your community. Your curtain was not seen open this morning, and a steward is on the way to you.`,
    },
    { text: counts ? 'If you are well, please press 1.' : 'Please wait, the steward will be with you soon.' },
  ],
};

/** So that 07 is read as two digits. */
const digitByDigit = (digits: string): string => [...digits].join(' ');
