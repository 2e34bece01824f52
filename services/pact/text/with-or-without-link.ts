import type { Wordings } from './fewer-codes.ts';

/** The wordings with a link where there is one; the one without it comes last, for where none is, or none fits. */
export function withOrWithoutLink(
  link: string | undefined,
  wordings: (link: string) => Wordings,
  without: string,
): Wordings {
  return link ? [...wordings(link), without] : [without];
}
