import type { DecalAnswer } from '#contracts/http/door.ts';
import type { DoorText } from '#pact/text/door.ts';
import { button, callLink, el, readable } from './elements.ts';
import { links } from './kept.ts';
import { askForLink, scanDecal } from './requests.ts';

/**
 * What a decal shows: to a phone that was sent here the home's page, with the arrival recorded; to everybody else a
 * kind word and the office's number.
 */
export async function decalPage(
  root: HTMLElement,
  decal: string,
  words: () => DoorText,
  switchLanguage: () => void,
  onArrived: (link: string) => void,
): Promise<void> {
  root.replaceChildren(el('p', { role: 'status' }, words().loading));
  const asked = await scanDecal(decal, links());
  if (typeof asked === 'string') {
    const again = () => void decalPage(root, decal, words, switchLanguage, onArrived);
    root.replaceChildren(
      el('section', { class: 'card' }, el('p', {}, words().failed), button(words().retry, 'main', again)),
    );
    return;
  }
  if (asked.ok.arrived) {
    onArrived(asked.ok.arrived.link);
    return;
  }
  let isSteward = false;
  let isSent = false;
  const draw = () =>
    root.replaceChildren(
      el(
        'header',
        {},
        el('h1', {}, words().name),
        button(words().other, 'quiet', () => {
          switchLanguage();
          draw();
        }),
      ),
      kindCard(asked.ok, words()),
      isSent
        ? el('p', { class: 'said', role: 'status' }, words().linkSent)
        : isSteward
          ? phoneForm(words(), (phone) => {
              void askForLink(decal, phone).then(() => {
                isSent = true;
                draw();
              });
            })
          : button(words().steward, 'quiet', () => {
              isSteward = true;
              draw();
            }),
    );
  draw();
}

function kindCard({ community, officePhone, emergencyNumber }: DecalAnswer, text: DoorText): HTMLElement {
  return el(
    'section',
    { class: 'card kind' },
    el('h2', {}, text.kindTitle),
    el('p', {}, text.kind),
    community !== null && el('p', { class: 'why' }, community),
    officePhone !== null && el('p', {}, text.kindCall),
    officePhone !== null && callLink(readable(officePhone), officePhone),
    el('p', {}, text.kindEmergency(emergencyNumber)),
    callLink(text.callEmergency(emergencyNumber), emergencyNumber),
  );
}

function phoneForm(text: DoorText, onSend: (phone: string) => void): HTMLElement {
  const input = el('input', {
    id: 'phone',
    type: 'tel',
    autocomplete: 'tel',
    required: true,
    minlength: '3',
    maxlength: '30',
  }) as HTMLInputElement;
  return el(
    'form',
    {
      class: 'card',
      submit: (event) => {
        event.preventDefault();
        onSend(input.value);
      },
    },
    el('p', {}, text.stewardLead),
    el('label', { for: 'phone' }, text.phone),
    input,
    el('div', { class: 'buttons' }, el('button', { type: 'submit', class: 'main' }, text.sendLink)),
  );
}
