type Child = Node | string | undefined | false;
type Properties = Record<string, string | boolean | ((event: Event) => void) | undefined>;

/** One element; text is always text, never markup. */
export function el(tag: string, properties: Properties = {}, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

export const button = (text: string, kind: string, click: () => void): HTMLElement =>
  el('button', { type: 'button', class: kind, click }, text);

/** A number as people here read it: their own country's without its code. */
export const readable = (number: string): string => number.replace(/^\+86/, '');

/** A number that the phone calls when it is touched. */
export const callLink = (text: string, number: string): HTMLElement =>
  el('a', { class: 'call', href: `tel:${number}` }, text);
