import { buffer } from 'node:stream/consumers';
import { createTypeface, type Typeface } from '#platform/pdf-text.ts';
import type { DocumentLine, PersonFileDocument } from './person-file-document.ts';

/** A4, in points. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = { side: 54, top: 54, bottom: 60 };
const WIDTH = PAGE.width - 2 * MARGIN.side;
const LABEL_WIDTH = 118;
const SIZE = { title: 20, part: 13, text: 10, small: 8.5 };
const LEADING = 1.55;
const INK = '#2b2622';
const SOFT = '#6d6257';
const RED = '#a3241b';
const FAINT = '#d8cbb2';

type Doc = PDFKit.PDFDocument;
type Style = { face: Typeface; size: number; color: string };
/** What goes on one line of paper. */
type Row = { pieces: { font: Buffer; text: string }[]; width: number };

/** The file on paper: A4, in large enough print, every page numbered and carrying who made it. */
export async function drawPersonFile(file: PersonFileDocument, madeAt: Date): Promise<Buffer> {
  const lines = file.parts.flatMap((part) => part.lines);
  const titles = [file.title, file.lead, file.made, ...file.parts.map(({ title }) => title)];
  // One weight: each costs a font for every corner of the script that the words come from.
  const face = await createTypeface(
    [...titles, file.page(0, 0), '0123456789', ...lines.flatMap(({ label, text }) => [label, text])],
    460,
  );
  const { default: PDFDocument } = await import('pdfkit');
  const doc = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    bufferPages: true,
    info: { Title: file.title, CreationDate: madeAt },
  });
  const written = buffer(doc);
  const text = { face, size: SIZE.text, color: INK };
  let y = MARGIN.top;
  const need = (height: number) => {
    if (y + height <= PAGE.height - MARGIN.bottom) return;
    doc.addPage();
    y = MARGIN.top;
  };
  const write = (content: string, style: Style, x = MARGIN.side, width = WIDTH) => {
    for (const row of rowsOf(doc, content, style, width)) {
      need(style.size * LEADING);
      writeRow(doc, row, style, x, y);
      y += style.size * LEADING;
    }
  };
  const writeLine = ({ label, text: content, inner }: DocumentLine) => {
    const indent = inner ? 14 : 0;
    const x = MARGIN.side + LABEL_WIDTH + indent;
    const labels = rowsOf(doc, label, text, LABEL_WIDTH - 8);
    const contents = rowsOf(doc, content, text, WIDTH - LABEL_WIDTH - indent);
    for (let row = 0; row < Math.max(labels.length, contents.length); row += 1) {
      need(SIZE.text * LEADING);
      const [first, second] = [labels[row], contents[row]];
      if (first) writeRow(doc, first, { ...text, color: SOFT }, MARGIN.side + indent, y);
      if (second) writeRow(doc, second, text, x, y);
      y += SIZE.text * LEADING;
    }
  };

  write(file.title, { face, size: SIZE.title, color: RED });
  y += 4;
  write(file.lead, { ...text, color: SOFT });
  write(file.made, { ...text, color: SOFT });
  for (const part of file.parts) {
    y += 12;
    // A heading stays with its first lines.
    need(SIZE.part * LEADING + 6 + 2 * SIZE.text * LEADING);
    write(part.title, { face, size: SIZE.part, color: RED });
    doc
      .moveTo(MARGIN.side, y)
      .lineTo(MARGIN.side + WIDTH, y)
      .lineWidth(0.5)
      .stroke(FAINT);
    y += 6;
    for (const one of part.lines) writeLine(one);
  }
  const { count } = doc.bufferedPageRange();
  const foot = { face, size: SIZE.small, color: SOFT };
  for (let page = 0; page < count; page += 1) {
    doc.switchToPage(page);
    const [made, number] = [file.made, file.page(page + 1, count)].map(
      (content) => rowsOf(doc, content, foot, WIDTH)[0],
    );
    const at = PAGE.height - MARGIN.bottom + 24;
    if (made) writeRow(doc, made, foot, MARGIN.side, at);
    if (number) writeRow(doc, number, foot, MARGIN.side + WIDTH - number.width, at);
  }
  doc.end();
  return written;
}

/** Breaks a text into lines: between Chinese characters anywhere, in other scripts at spaces, and a word that is too long where it must. */
function rowsOf(doc: Doc, content: string, { face, size }: Style, width: number): Row[] {
  const rows: Row[] = [];
  let row: Row = { pieces: [], width: 0 };
  const end = () => {
    if (row.pieces.length > 0) rows.push(row);
    row = { pieces: [], width: 0 };
  };
  const put = (token: string): boolean => {
    const pieces = face.pieces(token);
    const wide = pieces.reduce(
      (sum, piece) => sum + doc.font(piece.font).fontSize(size).widthOfString(piece.text),
      0,
    );
    if (row.width + wide > width) return false;
    for (const piece of pieces) {
      const last = row.pieces.at(-1);
      if (last?.font === piece.font) last.text += piece.text;
      else row.pieces.push(piece);
    }
    row.width += wide;
    return true;
  };
  for (const token of content.match(/[\u2E80-\u9FFF\uF900-\uFFEF]|\s|[^\s\u2E80-\u9FFF\uF900-\uFFEF]+/gu) ??
    []) {
    if (put(token)) continue;
    end();
    if (token.trim() === '' || put(token)) continue;
    for (const character of token) {
      if (put(character)) continue;
      end();
      put(character);
    }
  }
  end();
  return rows;
}

function writeRow(doc: Doc, row: Row, { size, color }: Style, left: number, y: number): void {
  let x = left;
  for (const { font, text } of row.pieces) {
    doc.font(font).fontSize(size).fillColor(color).text(text, x, y, { lineBreak: false });
    x += doc.widthOfString(text);
  }
}
