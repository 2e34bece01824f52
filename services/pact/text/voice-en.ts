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
  words: {
    elder_heard: 'Good, we know that you are well. Have a pleasant day.',
    elder_called_back: 'Good, somebody calls you back at once. Please stay by the phone.',
    not_understood: 'That was not understood and changed nothing. Please answer our text message.',
    settled:
      'Hello, this is Curtain Pact. This has been settled, you need not go any more. Thank you, goodbye.',
    settled_elder: 'Hello, this is Curtain Pact. We know by now that you are well. Have a pleasant day.',
    putting_through: 'Putting you through, please wait.',
    not_spoken: 'You did not get to speak, and nothing was noted. Please go and see as usual.',
    after_talk: 'Have you spoken? If they are well, press 2. For an emergency, press 3.',
    talk_counts: 'Good, noted that they are well. The others hear that they need not go.',
    talk_noted: 'Good, the call is noted. This home wants to be seen in person: please go as usual.',
  },
  elderAsks: ({ code, salutation }) => [
    { text: 'Hello, this is Curtain Pact.' },
    { text: `Number ${digitByDigit(code)}, ${salutation}, wants to speak to you.`, slow: true },
    { text: 'To be put through, press 1.' },
  ],
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
    {
      text: counts
        ? 'If you are well, please press 1. To speak to somebody, press 2.'
        : 'To speak to somebody, press 2. Else please wait, the steward will be with you soon.',
    },
  ],
};

/** So that 07 is read as two digits. */
const digitByDigit = (digits: string): string => [...digits].join(' ');
