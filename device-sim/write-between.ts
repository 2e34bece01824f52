import { readFile, writeFile } from 'node:fs/promises';

/**
 * Puts Markdown that a command has made between `<!-- marker -->` and `<!-- /marker -->` of a page; what stands around
 * them stays.
 * @throws Error where the page has not got each of the two once, in this order
 */
export async function writeBetween(file: string | URL, marker: string, markdown: string): Promise<void> {
  const page = await readFile(file, 'utf8');
  const begin = `<!-- ${marker} -->`;
  const end = `<!-- /${marker} -->`;
  const [before = '', ...rest] = page.split(begin);
  const [, ...after] = (rest[0] ?? '').split(end);
  if (rest.length !== 1 || after.length !== 1 || before.includes(end))
    throw new Error(`${file} needs ${begin} and after it ${end}, each of them once.`);
  await writeFile(file, `${before}${begin}\n\n${markdown.trim()}\n\n${end}${after[0]}`);
}
