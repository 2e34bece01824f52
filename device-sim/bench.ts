import { parseArgs } from 'node:util';

/** `npm run bench -- <name> [--json]`: each bench is a module under `bench/` that runs when it is the main one. */
const BENCHES: Record<string, () => Promise<Bench>> = {
  intake: async () => {
    const { run, toMarkdown } = await import('./bench/intake.ts');
    return async () => {
      const result = await run();
      return { result, markdown: toMarkdown(result) };
    };
  },
  page: async () => {
    const { run, toMarkdown } = await import('./bench/page.ts');
    return async () => {
      const result = await run();
      return { result, markdown: toMarkdown(result) };
    };
  },
  board: async () => {
    const { run } = await import('./bench/board.ts');
    const { toMarkdown } = await import('./bench/board-report.ts');
    return async () => {
      const result = await run(minutes);
      return { result, markdown: toMarkdown(result) };
    };
  },
  decoders: async () => {
    const { run, toMarkdown } = await import('./bench/decoders.ts');
    return async () => {
      const result = await run();
      return { result, markdown: toMarkdown(result) };
    };
  },
  codec: async () => {
    const { run, toMarkdown } = await import('./bench/codec.ts');
    return async () => {
      const result = await run();
      return { result, markdown: toMarkdown(result) };
    };
  },
  bridge: async () => {
    const { run, toMarkdown } = await import('./bench/bridge.ts');
    return async () => {
      const result = await run();
      return { result, markdown: toMarkdown(result) };
    };
  },
  idle: async () => {
    const { run, toMarkdown } = await import('./bench/idle.ts');
    return async () => {
      const result = await run();
      return { result, markdown: toMarkdown(result) };
    };
  },
};

type Bench = () => Promise<{ result: unknown; markdown: string }>;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, minutes: { type: 'string', default: '60' } },
});
const [name = ''] = positionals;
/** How long the bench of the board watches memory. */
const minutes = Number(values.minutes);
const load = BENCHES[name];
if (load) {
  const bench = await load();
  const { result, markdown } = await bench();
  console.log(values.json ? JSON.stringify(result, null, 2) : markdown);
} else {
  console.error(`Name a bench: ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = 2;
}
