import encodeQR from 'qr';
import { DECAL_TEXT } from '#pact/text/decal.ts';
import type { Language } from '#pact/text/language.ts';
import { collectDocument, writeLine } from '#platform/pdf-line.ts';
import { createTypeface } from '#platform/pdf-text.ts';
import { FREE_RADIUS, MOTIFS } from './paper-cut.ts';
import { toOperators } from './shape.ts';

export type DecalSheet = {
  community: string;
  language: Language;
  decals: readonly { code: string; url: string }[];
  /** For the document's own data: the same homes at the same time are the same bytes. */
  madeAt: Date;
};

/** A4, in points. */
const PAGE = { width: 595.28, height: 841.89 };
const COLUMNS = 2;
const ROWS = 3;
const MARGIN = 18;
const CELL = { width: (PAGE.width - 2 * MARGIN) / COLUMNS, height: (PAGE.height - 2 * MARGIN) / ROWS };
/** 73 mm across, the code 21: read from an arm's length, in the dark of a stairwell. */
const RADIUS = 104;
const RED = '#c0261c';
const INK = '#2b2622';
const FAINT = '#d8cbb2';

/** Six decals on a sheet, each a paper-cut with the home's code in its middle and its number below, to be cut out. */
export async function drawDecalSheet({ community, language, decals, madeAt }: DecalSheet): Promise<Buffer> {
  const words = DECAL_TEXT[language];
  const numbers = await createTypeface(
    decals.map(({ code }) => words.number(code)),
    700,
  );
  const lines = await createTypeface([words.line], 500);
  const { default: PDFDocument } = await import('pdfkit');
  const doc = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    autoFirstPage: false,
    info: { Title: words.title(community), CreationDate: madeAt },
  });
  const written = collectDocument(doc);
  const motifs = MOTIFS.map((motif) => {
    const form = doc.ref({ Type: 'XObject', Subtype: 'Form', BBox: [-101, -101, 101, 101] });
    form.end(Buffer.from(`${toOperators(motif())} f*`));
    return form;
  });
  decals.forEach(({ code, url }, index) => {
    const place = index % (COLUMNS * ROWS);
    if (place === 0) startPage(doc, motifs);
    const x = MARGIN + CELL.width * ((place % COLUMNS) + 0.5);
    const y = MARGIN + CELL.height * Math.floor(place / COLUMNS) + RADIUS + 14;
    doc.save().translate(x, y);
    doc
      .save()
      .scale(RADIUS / 100)
      .fillColor(RED);
    // Neighbours on a stairwell should not look alike.
    doc.addContent(`/Motif${index % MOTIFS.length} Do`);
    doc.restore();
    drawCode(doc, url);
    doc.fillColor(RED);
    writeLine(doc, words.number(code), 0, RADIUS + 2, { typeface: numbers, size: 17, align: 'centre' });
    doc.fillColor(INK);
    writeLine(doc, words.line, 0, RADIUS + 24, { typeface: lines, size: 10.5, align: 'centre' });
    doc.restore();
  });
  doc.end();
  return written;
}

type Doc = PDFKit.PDFDocument;

/** A page with its cutting lines. */
function startPage(doc: Doc, motifs: readonly PDFKit.PDFKitReference[]): void {
  doc.addPage();
  const { xobjects } = doc.page as unknown as { xobjects: Record<string, PDFKit.PDFKitReference> };
  motifs.forEach((motif, index) => {
    xobjects[`Motif${index}`] = motif;
  });
  doc.save().lineWidth(0.4).dash(3, { space: 4 }).strokeColor(FAINT);
  for (let column = 1; column < COLUMNS; column += 1) {
    const x = MARGIN + CELL.width * column;
    doc.moveTo(x, 0).lineTo(x, PAGE.height).stroke();
  }
  for (let row = 1; row < ROWS; row += 1) {
    const y = MARGIN + CELL.height * row;
    doc.moveTo(0, y).lineTo(PAGE.width, y).stroke();
  }
  doc.undash().restore();
}

/** The code in the free middle: as large as leaves its four modules of white at the corners, a quarter of it may be lost. */
function drawCode(doc: Doc, url: string): void {
  // The library leaves no less than one module of white around it.
  const modules = encodeQR(url, 'raw', { ecc: 'quartile', border: 1 })
    .slice(1, -1)
    .map((row) => row.slice(1, -1));
  const free = (FREE_RADIUS / 100) * RADIUS;
  const size = (free * 2) / (Math.SQRT2 + (2 * 4) / modules.length);
  const module = size / modules.length;
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x += 1) {
      const from = x;
      while (row[x]) x += 1;
      if (x > from) doc.rect(from * module - size / 2, y * module - size / 2, (x - from) * module, module);
    }
  });
  doc.fill(INK);
}
