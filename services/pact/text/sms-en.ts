import type { ReplyAction } from '../reply.ts';
import { digitOf, isSensorMute, offeredActions } from './reply-codes.ts';
import type { PageDetail, PageInput, SmsCatalogue, SmsHome } from './sms.ts';

const SIGNATURE = 'Curtain Pact: ';

const ACTIONS: Record<ReplyAction, string> = {
  acknowledge: 'going',
  safe: 'safe',
  emergency: 'emergency',
  cannot_go: 'cannot go',
  sensor: 'sensor',
  arrive: 'arrived',
};

export const SMS_EN: SmsCatalogue = {
  place: ({ building, unit, room }) => `bldg ${building}${unit ? ` unit ${unit}` : ''} room ${room}`,

  page(input, detail) {
    const who = whoOf(input.home, detail);
    const phone = detail.phone && input.home.phone ? `, ${input.home.phone}` : '';
    const round = input.step > 0 ? `Round ${input.step + 1}: ` : '';
    const codes = codesOf(input, detail);
    if (input.emergency) {
      const entry = detail.entry && input.entry ? `${input.entry}. ` : '';
      return `${SIGNATURE}${round}EMERGENCY ${who}${phone}. ${entry}Call ${input.emergencyNumber} and go at once. ${codes}`;
    }
    const ask = detail.ask ? askOf(input) : '';
    return `${SIGNATURE}${round}${headOf(input, detail)}: ${who}${phone}. ${unknownOf(input, detail)}${ask}${codes}`;
  },

  list({ homes, step }) {
    const head = `${SIGNATURE}${step > 0 ? `Round ${step + 1}: ` : ''}${homes.length} homes not seen safe`;
    const codes = homes.map(({ code }) => code).join(', ');
    const places = homes.map(({ code, place }) => `no.${code} ${place}`).join(', ');
    return [
      `${head}, please go in this order: ${places}. Reply number+1 going 2 safe 3 emergency 4 cannot go`,
      `${head}, please go in this order: ${codes}. Reply number+1 going 2 safe 3 emergency 4 cannot go`,
      `${head}: ${codes}. Reply number+1 going 2 safe 3 emergency`,
    ];
  },

  standDown: {
    safe: ({ home, at }) => standDown(home, `seen and safe at ${at}`),
    helped: ({ home, at }) => standDown(home, `looked after since ${at}`),
    hospital: ({ home, at }) => standDown(home, `looked after since ${at}`),
    away: ({ home, at }) => standDown(home, `checked at ${at}`),
    died: ({ home, at }) => standDown(home, `somebody is there since ${at}`),
    signal: ({ home, at }) => standDown(home, `curtain opened at ${at}`),
  },

  answer: {
    acknowledged: ({ code, minutes, link }) => {
      const plain = `${SIGNATURE}noted, you go to no.${code}. ${minutes ? `Report within ${minutes} min or we call others. ` : ''}Reply ${code}2 safe ${code}3 emergency ${code}4 cannot go`;
      if (!link) return [plain];
      const head = `${SIGNATURE}noted, you go to no.${code}. Report${minutes ? ` within ${minutes} min` : ''}: ${link}`;
      return [`${head} or ${code}2 safe ${code}3 emergency`, head, plain];
    },
    arrived: ({ code, minutes, emergencyNumber }) => [
      `${SIGNATURE}noted, you are at no.${code}. Reply ${code}2 safe ${code}3 emergency within ${minutes} min; if nobody opens, call ${emergencyNumber}.`,
    ],
    already_taken: ({ code, by }) => [
      `${SIGNATURE}${by ?? 'somebody'} is on the way to no.${code} already. You need not go. Thank you!`,
    ],
    outcome_recorded: ({ code }) => [
      `${SIGNATURE}noted, no.${code} is safe. Thank you! We tell the others that nobody needs to go.`,
    ],
    passed: ({ code }) => [`${SIGNATURE}noted, you cannot go to no.${code}. We keep looking for somebody.`],
    emergency_called: ({ code, emergencyNumber }) => [
      `${SIGNATURE}no.${code}: everybody is told. Call ${emergencyNumber} now and stay with them. Once safe, reply ${code}2`,
    ],
    sensor_ticket: ({ code }) => [
      `${SIGNATURE}noted, the sensor of no.${code} needs a visit. If nobody has seen the person yet, reply ${code}2 safe ${code}3 emergency`,
    ],
    closed: ({ code, emergencyNumber }) => [
      `${SIGNATURE}no.${code} is settled, nobody needs to go. Your reply changed nothing. In an emergency call ${emergencyNumber}.`,
    ],
    not_understood: ({ code = '07' }) => [
      `${SIGNATURE}not understood, nothing changed. Reply number and digit: ${code}1 going ${code}2 safe ${code}3 emergency ${code}4 cannot go`,
    ],
    several_open: ({ codes }) => [
      `${SIGNATURE}${codes.length} homes wait for you: ${codes.join(', ')}. Nothing changed. Reply number and digit, such as ${codes[0] ?? '07'}1 going`,
      `${SIGNATURE}${codes.length} homes wait for you. Nothing changed. Reply number and digit, such as ${codes[0] ?? '07'}1 going`,
    ],
    unknown_number: () => [
      `${SIGNATURE}you were not called for a home of that number, nothing changed. Use the number in our text, such as 071 going 072 safe`,
    ],
    no_open_alert: ({ emergencyNumber }) => [
      `${SIGNATURE}no home waits for your reply, nothing changed. In an emergency call ${emergencyNumber}.`,
    ],
    stranger: () => [
      `${SIGNATURE}this number is not on our list, nothing changed. Please ask the community office. In an emergency call the emergency services.`,
    ],
  },
};

const standDown = (home: SmsHome, what: string) =>
  `${SIGNATURE}no.${home.code} ${home.salutation}: ${what}. Nobody else needs to go.`;

const whoOf = (home: SmsHome, detail: PageDetail) =>
  `no.${home.code} ${detail.salutation ? `${home.salutation}, ` : ''}${home.place}`;

function headOf({ reason, deadline }: PageInput, detail: PageDetail): string {
  switch (reason) {
    case 'no_signal':
      return `curtain closed at ${deadline}`;
    case 'left_open':
      return detail.extra ? `curtain open since yesterday, no move by ${deadline}` : 'curtain open all night';
    case 'sensor_silent':
      return 'sensor silent';
    case 'never_reported':
      return 'sensor never reported';
    case 'not_seen':
      return `not seen by ${deadline}`;
    default:
      return reason satisfies never;
  }
}

function unknownOf({ reason, silentSince }: PageInput, detail: PageDetail): string {
  if (!isSensorMute(reason)) return '';
  const since =
    detail.extra && reason === 'sensor_silent' && silentSince ? `No signal since ${silentSince}. ` : '';
  return `${since}Not known if safe. `;
}

function askOf({ role, reason }: PageInput): string {
  switch (role) {
    case 'primary':
      return isSensorMute(reason) || reason === 'not_seen' ? 'Please go and see. ' : 'Please go now. ';
    case 'backup':
      return 'Nobody confirmed, please go. ';
    case 'neighbour':
      return 'First to reply goes. ';
    case 'office':
      return 'Please send somebody. ';
    case 'family':
      return 'Somebody is sent. ';
    default:
      return role satisfies never;
  }
}

function codesOf(input: PageInput, detail: PageDetail): string {
  const { code } = input.home;
  const each = offeredActions(input, detail).map((action) => `${digitOf(action)} ${ACTIONS[action]}`);
  return detail.codes === 'each'
    ? `Reply ${each.map((entry) => `${code}${entry}`).join(' ')}`
    : `Reply ${code}+${each.join(' ')}`;
}
