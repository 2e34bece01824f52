import { loadDotEnv } from '#platform/dot-env.ts';
import { runCli } from './cli/run-cli.ts';

/** `npm run -s pact -- <command> [--json]`. Answers go to stdout, everything else to stderr. */
loadDotEnv();
process.exitCode = await runCli(process.argv.slice(2), process.env, {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
