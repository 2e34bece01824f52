import { collectDocument, writeLine } from '#platform/pdf-line.ts';
import { createTypeface } from '#platform/pdf-text.ts';

/** A4, in points. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 48;
const FOOT = 40;
const INK = '#2b2622';
export const SOFT = '#6b6257';
const LINE = '#d8cbb2';

/** How wide what stands on a page may be. */
export const WIDTH = PAGE.width - 2 * MARGIN;

type Align = 'left' | 'right' | 'centre';
type Words = { text: string; size?: number; bold?: boolean; align?: Align; colour?: string; most?: number };
type Mark =
  | ({ kind: 'words'; x: number; y: number } & Words)
  | { kind: 'box'; x: number; y: number; width: number; height: number; colour: string };

export type Column = { head: string; width: number; align?: Align };

/**
 * A document as what is to be drawn where, so that its typefaces can be cut to just the characters that stand in
 * it before the first one is written. Places are from the left and upper edge of what is inside the margins.
 */
export function createPaper() {
  const pages: Mark[][] = [[]];
  let y = MARGIN;

  const put = (mark: Mark) => pages.at(-1)?.push(mark);
  const paper = {
    /** Where the next thing begins. */
    get y() {
      return y - MARGIN;
    },
    words(x: number, at: number, words: Words) {
      put({ kind: 'words', x: MARGIN + x, y: MARGIN + at, ...words });
    },
    box(x: number, at: number, width: number, height: number, colour: string) {
      put({ kind: 'box', x: MARGIN + x, y: MARGIN + at, width, height, colour });
    },
    skip(height: number) {
      y += height;
    },
    /** A new page where less than this is left of the old one. */
    keep(height: number) {
      if (y + height <= PAGE.height - MARGIN - FOOT) return;
      pages.push([]);
      y = MARGIN;
    },
    heading(text: string) {
      paper.keep(70);
      paper.skip(14);
      paper.words(0, paper.y, { text, size: 13, bold: true });
      paper.skip(22);
    },
    /** A table whose head stands again on every page that it goes on to. */
    table(columns: readonly Column[], rows: readonly (readonly string[])[], lineHeight = 18) {
      const line = (cells: readonly string[], style: Partial<Words>) => {
        let x = 0;
        columns.forEach(({ width, align = 'left' }, index) => {
          const inner = align === 'right' ? x + width - 4 : x;
          const most = width - 6;
          paper.words(inner, paper.y, { text: cells[index] ?? '', size: 9.5, align, most, ...style });
          x += width;
        });
        paper.box(0, paper.y + lineHeight - 1.5, x, 0.5, LINE);
        paper.skip(lineHeight);
      };
      const head = () =>
        line(
          columns.map((column) => column.head),
          { colour: SOFT },
        );
      paper.keep(lineHeight * 3);
      head();
      for (const row of rows) {
        const before = pages.length;
        paper.keep(lineHeight);
        if (pages.length > before) head();
        line(row, {});
      }
    },
    /** @param foot what stands under every page */
    async draw(title: string, madeAt: Date, foot: (page: number, of: number) => string): Promise<Buffer> {
      pages.forEach((marks, index) => {
        const at = PAGE.height - MARGIN;
        const text = foot(index + 1, pages.length);
        marks.push({ kind: 'box', x: MARGIN, y: at - 8, width: WIDTH, height: 0.5, colour: LINE });
        marks.push({ kind: 'words', x: MARGIN, y: at, text, size: 8.5, colour: SOFT, most: WIDTH });
      });
      const texts = (bold: boolean) =>
        pages
          .flat()
          .flatMap((mark) => (mark.kind === 'words' && Boolean(mark.bold) === bold ? mark.text : []));
      const plain = await createTypeface(texts(false), 400);
      const strong = await createTypeface(texts(true), 700);
      const { default: PDFDocument } = await import('pdfkit');
      const doc = new PDFDocument({
        size: [PAGE.width, PAGE.height],
        margin: 0,
        autoFirstPage: false,
        info: { Title: title, CreationDate: madeAt },
      });
      const written = collectDocument(doc);
      for (const marks of pages) {
        doc.addPage();
        for (const mark of marks) {
          if (mark.kind === 'box') {
            doc.rect(mark.x, mark.y, mark.width, mark.height).fill(mark.colour);
            continue;
          }
          doc.fillColor(mark.colour ?? INK);
          writeLine(doc, mark.text, mark.x, mark.y, {
            typeface: mark.bold ? strong : plain,
            size: mark.size ?? 10,
            ...(mark.align ? { align: mark.align } : {}),
            ...(mark.most === undefined ? {} : { most: mark.most }),
          });
        }
      }
      doc.end();
      return written;
    },
  };
  return paper;
}

export type Paper = ReturnType<typeof createPaper>;
