/** A verb of TwiML: its attributes, what it says, and the verbs inside it. */
export type Verb = {
  name: string;
  attributes: Readonly<Record<string, string>>;
  text: string;
  children: Verb[];
};

/**
 * Reads what a call is to do. Only as much XML as TwiML has; speech marks inside `<Say>` are heard as words.
 * @throws Error where it is no TwiML, as Twilio's own parser would complain
 */
export function readTwiml(xml: string): Verb[] {
  const root: Verb = { name: '', attributes: {}, text: '', children: [] };
  const open: Verb[] = [root];
  for (const [, closing, name, attributes, selfClosing, text] of xml.matchAll(TOKEN)) {
    const parent = open.at(-1) ?? root;
    if (text !== undefined) {
      parent.text += unescapeXml(text);
    } else if (closing) {
      if (parent.name !== name) throw new Error(`TwiML closes ${name} where ${parent.name} is open`);
      open.pop();
    } else if (name) {
      const verb: Verb = { name, attributes: readAttributes(attributes ?? ''), text: '', children: [] };
      parent.children.push(verb);
      if (!selfClosing) open.push(verb);
    }
  }
  const [response] = root.children;
  if (open.length !== 1 || response?.name !== 'Response') throw new Error('TwiML has no whole <Response>');
  return response.children;
}

/** The words of a verb and of everything inside it, in order of nesting. */
export const wordsOf = (verb: Verb): string =>
  [verb.text.trim(), ...verb.children.map(wordsOf)].filter(Boolean).join(' ');

const TOKEN = /<\?[^>]*\?>|<(\/)?([\w-]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/)?>|([^<]+)/g;

const readAttributes = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [name, unescapeXml(value ?? '')]),
  );

const unescapeXml = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&amp;/g, '&');
