import type { Language } from '#pact/text/language.ts';
import { PHONES_TEXT, type PhonesText } from '#pact/text/phones.ts';
import type { Incoming, Phones } from './phones.ts';
import type { ProviderAnswer, ProviderRequest } from './server.ts';

/** Newest first, and no more than fit one look. */
const MOST_SHOWN = 12;

/** Not while somebody is writing. */
const REFRESH = `<script>setInterval(() => document.activeElement?.tagName === 'INPUT' || location.reload(), 4000)</script>`;

/** The phones as a plain page: what came in, and a way to reply, to pick up and to press a key. */
export async function answerPage(
  { method, path, form }: ProviderRequest,
  phones: Phones,
  language: Language,
  timeZone: string,
): Promise<ProviderAnswer> {
  if (path !== '/') return { status: 404, contentType: 'text/plain', body: 'Not found' };
  if (method === 'GET') return html(200, page(phones, PHONES_TEXT[language], language, timeZone));
  await act(form, phones);
  return { status: 303, contentType: 'text/plain', body: '', headers: { location: '/' } };
}

async function act(form: URLSearchParams, phones: Phones): Promise<void> {
  const number = form.get('phone') ?? '';
  const call = phones.incoming.findLast((one) => one.to === number && one.call?.state() !== 'ended')?.call;
  switch (form.get('do')) {
    case 'reply':
      return phones.write(number, form.get('text') ?? '', form.get('provider') ?? undefined);
    case 'pick_up':
      return call?.answer();
    case 'press':
      return call?.press(form.get('digit') ?? '');
    case 'hang_up':
      return call?.hangUp();
  }
}

function page(phones: Phones, text: PhonesText, language: Language, timeZone: string): string {
  const latest = (number: string) =>
    phones.incoming.findLast(({ to }) => to === number)?.at.epochMilliseconds ?? 0;
  const numbers = phones.numbers().toSorted((a, b) => latest(b) - latest(a));
  const body = numbers.length === 0 ? `<p>${text.nothingYet}</p>` : numbers.map(phone).join('');
  return `<!doctype html><html lang="${language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${text.title}</title><style>${STYLE}</style>
<h1>${text.title}</h1>${body}${REFRESH}</html>`;

  function phone(number: string): string {
    const came = phones.incoming.filter(({ to }) => to === number).toReversed();
    const call = came.find((one) => one.call && one.call.state() !== 'ended')?.call;
    return `<section><h2>${escapeHtml(number)}</h2>${call ? callForm(number, call.state()) : ''}
<ul>${came.slice(0, MOST_SHOWN).map(item).join('')}</ul>
${form(number, 'reply', `<input name="text" aria-label="${text.reply}" required maxlength="70"><button>${text.reply}</button>`)}</section>`;
  }
  function item({ channel, text: words, fate, at }: Incoming): string {
    return `<li class="${channel}"><time>${at.toZonedDateTimeISO(timeZone).toPlainTime().toString({ smallestUnit: 'second' })}</time> <b>${text.channels[channel]}</b>
<span>${escapeHtml(words)}</span> <em>${text.fates[fate]}</em></li>`;
  }
  function callForm(number: string, state: string): string {
    if (state === 'ringing') return form(number, 'pick_up', `<button>${text.pickUp}</button>`);
    const keys = ['1', '2', '3', '4'].map(
      (digit) => `<button name="digit" value="${digit}">${digit}</button>`,
    );
    return `${form(number, 'press', keys.join(''))}${form(number, 'hang_up', `<button>${text.hangUp}</button>`)}`;
  }
}

const form = (number: string, what: string, inner: string): string =>
  `<form method="post" action="/"><input type="hidden" name="phone" value="${escapeHtml(number)}"><input type="hidden" name="do" value="${what}">${inner}</form>`;

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const html = (status: number, body: string): ProviderAnswer => ({
  status,
  contentType: 'text/html; charset=utf-8',
  body,
});

const STYLE = `body{font:20px/1.5 sans-serif;margin:1rem;background:#f6f2e8;color:#222}
section{background:#fff;border:2px solid #cbb;border-radius:12px;padding:.5rem 1rem;margin:1rem 0;max-width:44rem}
h2{margin:.2rem 0}ul{list-style:none;padding:0}li{margin:.3rem 0}time,em{color:#666}
button,input{font:inherit;padding:.4rem .9rem;min-height:44px;margin-right:.4rem}form{margin:.4rem 0}`;
