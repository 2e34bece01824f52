import type { MessageContent } from './content.ts';
import { noticeWordings } from './notices.ts';
import { answerWordings, type ListInput, type PageInput, type StandDownInput } from './sms.ts';
import { MOST_CODE_UNITS } from './sms-length.ts';
import { headOf, localPhone, roundOf, SIGNATURE_ZH, STAND_DOWN_ZH, unknownOf } from './sms-zh.ts';

/**
 * What mainland China's providers want registered before anything is sent: the words of an SMS with places for
 * what changes. A place stands once in a template, beside words, never beside another place. Chinese only,
 * whatever the community speaks: a template has no languages.
 */
export const SMS_TEMPLATES = {
  page_primary: '{what}:{code}号{where}。请即上门看人。回户号加1出发2平安3急救4去不了',
  page_primary_phone: '{what}:{code}号{where},电话{phone}。请即上门。回户号加1出发2平安3急救4去不了',
  page_backup: '{what}:{code}号{where}。尚无人确认,请您替去。回户号加1出发2平安3急救4去不了',
  page_neighbour: '{what}:{code}号{where}。邻里帮忙,先回先去。回户号加1出发2平安3急救',
  page_office: '{what}:{code}号{where}。尚无人确认,请社区派人。回户号加1出发2平安3急救',
  page_family: '{what}:{code}号{where}。已派人去,请保持电话畅通。回户号加1出发2平安3急救',
  page_short: '{what}:{code}号{where}。请上门。回户号加1出发2平安3急救',
  page_emergency: '{what}:{code}号{where}。请拨{number}并速去。回户号加1出发2平安',
  page_emergency_entry: '{what}:{code}号{where}。入户{entry}。请拨{number}并速去。回户号加1出发2平安',
  list: '{what}未见平安,请按序看人:{homes}。回户号加1出发2平安3急救',
  stand_down: '{code}号住户{who},{result}。其他人不用再去。',
  answer: '回复您:{text}。',
  answer_long: '回复您:{text},{more}。',
  notice: '提醒:{text}。',
  notice_long: '提醒:{text},{more}。',
} as const;

export type SmsTemplateName = keyof typeof SMS_TEMPLATES;
export const SMS_TEMPLATE_NAMES = Object.keys(SMS_TEMPLATES) as SmsTemplateName[];

/** A template with what stands in its places. */
export type FilledTemplate = { name: SmsTemplateName; params: Readonly<Record<string, string>> };

type Place = 'other_number2' | 'phone_number2' | 'others';

/**
 * What a place may hold, by the words that the provider's console has for it.
 * Source: https://help.aliyun.com/document_detail/2806243.html, variables of notification templates
 */
export const PLACES: Readonly<Record<string, Place>> = {
  code: 'other_number2',
  phone: 'phone_number2',
  number: 'phone_number2',
};
export const placeKind = (name: string): Place => PLACES[name] ?? 'others';

const RULES: Record<Place, RegExp> = {
  other_number2: /^[A-Za-z0-9]{1,35}$/,
  phone_number2: /^\d{3,12}$/,
  // A link needs a template of its own, registered for its host.
  others: /^(?!.*https?:)[^【】[\]\n\r]{1,35}$/u,
};
const MOST_IN_A_PLACE = 35;

/** Whether the provider takes these values in these places. */
export const isWithinRules = ({ params }: FilledTemplate): boolean =>
  Object.entries(params).every(([name, value]) => RULES[placeKind(name)].test(value));

/** What the phone shows, without the signature. */
export const renderTemplate = ({ name, params }: FilledTemplate): string =>
  SMS_TEMPLATES[name].replaceAll(/\{(\w+)\}/g, (_, place: string) => params[place] ?? '');

/**
 * A message as a template: the fullest that fits one SMS with its signature, by the provider's rules.
 * @param signature without its brackets
 */
export function fillTemplate(content: MessageContent, signature: string): FilledTemplate {
  const most = MOST_CODE_UNITS - signature.length - 2;
  const candidates = candidatesOf(content).map(clean).filter(isWithinRules);
  const fitting = candidates.find((filled) => renderTemplate(filled).length <= most) ?? candidates.at(-1);
  // Only a register value beyond its limits leads here: better a bare word than nobody told.
  return fitting ?? { name: 'notice', params: { text: BARE } };
}

const BARE = '有消息送不到您的短信里,请看看板或联系社区办公室';

function candidatesOf(content: MessageContent): FilledTemplate[] {
  switch (content.kind) {
    case 'page':
      return content.page.emergency ? emergencyPages(content.page) : pages(content.page);
    case 'list':
      return lists(content.list);
    case 'stand_down':
      return [standDown(content.standDown)];
    case 'answer':
      return answerWordings(content.answer, 'zh-CN').flatMap((text) => words('answer', text));
    case 'notice':
      return noticeWordings(content.notice, 'zh-CN').flatMap((text) => words('notice', text));
    case 'plain':
      return words('notice', content.text);
    default:
      return content satisfies never;
  }
}

function pages(input: PageInput): FilledTemplate[] {
  const { code, phone } = input.home;
  const named = `${input.home.salutation}${shortPlace(input.home.place)}`;
  const bare = shortPlace(input.home.place);
  const [full, brief] = [true, false].map((extra) => what(input, extra)) as [string, string];
  const own = `page_${input.role}` as const;
  const filled = (name: SmsTemplateName, head: string, where: string): FilledTemplate => ({
    name,
    params: { what: head, code, where },
  });
  return [
    ...(input.role === 'primary' && phone
      ? [
          {
            name: 'page_primary_phone' as const,
            params: { what: full, code, where: named, phone: localPhone(phone) },
          },
        ]
      : []),
    filled(own, full, named),
    filled(own, brief, named),
    filled('page_short', brief, named),
    filled(own, brief, bare),
    filled('page_short', brief, bare),
  ];
}

function what(input: PageInput, extra: boolean): string {
  const unknown = unknownOf(input, { extra }).replace(/。$/, '');
  return `${roundOf(input.step)}${headOf(input, { extra })}${unknown && `,${unknown}`}`;
}

function emergencyPages(input: PageInput): FilledTemplate[] {
  const { home, entry, emergencyNumber: number, step } = input;
  const bare = shortPlace(home.place);
  const named = `${home.salutation}${bare}`;
  const common = { what: `${roundOf(step)}急救`, code: home.code, number };
  return [
    ...(entry
      ? [named, bare].map((where) => ({
          name: 'page_emergency_entry' as const,
          params: { ...common, where, entry },
        }))
      : []),
    ...[named, bare].map((where) => ({ name: 'page_emergency' as const, params: { ...common, where } })),
  ];
}

function lists({ homes, step }: ListInput): FilledTemplate[] {
  const places = homes.map(({ code, place }) => `${code}号${shortPlace(place)}`).join('、');
  const codes = homes.map(({ code }) => code).join('、');
  return [places, codes].map((each) => ({
    name: 'list',
    params: { what: `${roundOf(step)}${homes.length}户`, homes: each },
  }));
}

function standDown(input: StandDownInput): FilledTemplate {
  const { home, at } = input;
  const result = STAND_DOWN_ZH['outcome' in input ? input.outcome : 'signal'](at);
  return { name: 'stand_down', params: { code: home.code, who: home.salutation, result } };
}

/** Words of the catalogue in one place, or in two, parted where they have a stop. */
function words(name: 'answer' | 'notice', text: string): FilledTemplate[] {
  const body = text.replace(SIGNATURE_ZH, '').replace(/。$/, '');
  if (body.length <= MOST_IN_A_PLACE) return [{ name, params: { text: body } }];
  const stops = [...body.matchAll(/[,。;:、!?]/g)].map(({ index }) => index);
  const stop = stops.findLast(
    (at) => at > 0 && at <= MOST_IN_A_PLACE && body.length - at - 1 <= MOST_IN_A_PLACE,
  );
  const [end, start] = stop === undefined ? [MOST_IN_A_PLACE, MOST_IN_A_PLACE] : [stop, stop + 1];
  return [{ name: `${name}_long`, params: { text: body.slice(0, end), more: body.slice(start) } }];
}

/** An English address without its words: the templates are Chinese, and its words would not fit. */
const shortPlace = (place: string): string =>
  /^bldg /.test(place) ? place.replaceAll(/\b(?:bldg|unit|room) /g, '').replaceAll(' ', '-') : place;

/** Brackets are the signature's alone. */
const clean = ({ name, params }: FilledTemplate): FilledTemplate => ({
  name,
  params: Object.fromEntries(
    Object.entries(params).map(([place, value]) => [place, value.replaceAll(/[【】[\]\n\r]/g, '').trim()]),
  ),
});
