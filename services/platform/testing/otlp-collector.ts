import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type CollectedSpan = {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  attributes: Record<string, string>;
  links: { traceId: string; spanId: string }[];
};

/** A collector that takes traces by OTLP over HTTP, as protobuf, and keeps them. */
export async function startCollector() {
  const spans: CollectedSpan[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    if (request.url === '/v1/traces') spans.push(...spansOf(body));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** opentelemetry/proto/collector/trace/v1: resource_spans = 1, scope_spans = 2, spans = 2. */
const spansOf = (request: Buffer): CollectedSpan[] =>
  bytesOf(request, 1)
    .flatMap((resourceSpans) => bytesOf(resourceSpans, 2))
    .flatMap((scopeSpans) => bytesOf(scopeSpans, 2))
    .map((span) => ({
      traceId: bytesOf(span, 1)[0]?.toString('hex') ?? '',
      spanId: bytesOf(span, 2)[0]?.toString('hex') ?? '',
      parentSpanId: bytesOf(span, 4)[0]?.toString('hex') ?? '',
      name: bytesOf(span, 5)[0]?.toString() ?? '',
      attributes: Object.fromEntries(bytesOf(span, 9).map(attributeOf)),
      links: bytesOf(span, 13).map((link) => ({
        traceId: bytesOf(link, 1)[0]?.toString('hex') ?? '',
        spanId: bytesOf(link, 2)[0]?.toString('hex') ?? '',
      })),
    }));

/** Of values only texts are read; whoever looks for a word of a person's looks there. */
function attributeOf(pair: Buffer): [string, string] {
  const [key] = bytesOf(pair, 1);
  const [text] = bytesOf(bytesOf(pair, 2)[0] ?? Buffer.alloc(0), 1);
  return [key?.toString() ?? '', text?.toString() ?? ''];
}

/** The fields of a message that have this number and a length. */
function bytesOf(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const [field, type] = [Math.floor(tag / 8), tag % 8];
    if (type === 0) varint();
    else if (type === 1) at += 8;
    else if (type === 5) at += 4;
    else {
      const length = varint();
      if (field === wanted) found.push(message.subarray(at, at + length));
      at += length;
    }
  }
  return found;
}
