import type { Typeface } from './pdf-text.ts';

type Doc = PDFKit.PDFDocument;

export type LineStyle = {
  typeface: Typeface;
  size: number;
  align?: 'left' | 'right' | 'centre';
  most?: number;
};

/** PDFKit reads a font anew each time unless it is asked for by a name that the document knows. */
const named = new WeakMap<Doc, Map<Buffer, string>>();
function nameIn(doc: Doc, font: Buffer): string {
  const names = named.get(doc) ?? new Map<Buffer, string>();
  named.set(doc, names);
  const known = names.get(font);
  if (known) return known;
  const name = `face-${names.size}`;
  names.set(font, name);
  doc.registerFont(name, font);
  return name;
}

/** Writes a line at a point: to its right, to its left or around it, smaller where it would be wider than `most`. */
export function writeLine(doc: Doc, text: string, x: number, y: number, style: LineStyle): void {
  const { pieces, width, size } = measure(doc, text, style);
  let at = style.align === 'right' ? x - width : style.align === 'centre' ? x - width / 2 : x;
  for (const piece of pieces) {
    // Pieces of different fonts and sizes stand on one base line.
    doc
      .font(nameIn(doc, piece.font))
      .fontSize(size)
      .text(piece.text, at, y + (style.size - size), { lineBreak: false });
    at += piece.width;
  }
}

function measure(doc: Doc, text: string, { typeface, size, most }: LineStyle) {
  const widthAt = (points: number) =>
    typeface.pieces(text).map((piece) => {
      doc.font(nameIn(doc, piece.font)).fontSize(points);
      return { ...piece, width: doc.widthOfString(piece.text) };
    });
  const sum = (pieces: readonly { width: number }[]) => pieces.reduce((all, { width }) => all + width, 0);
  const pieces = widthAt(size);
  const width = sum(pieces);
  if (most === undefined || width <= most) return { pieces, width, size };
  const smaller = (size * most) / width;
  const shrunk = widthAt(smaller);
  return { pieces: shrunk, width: sum(shrunk), size: smaller };
}

/** The document's bytes, once it has ended. */
export function collectDocument(doc: Doc): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    doc.on('data', (part: Buffer) => parts.push(part));
    doc.on('end', () => resolve(Buffer.concat(parts)));
    doc.on('error', reject);
  });
}
