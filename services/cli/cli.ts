import type { Command } from 'commander';
import type { Language } from '#pact/text/language.ts';
import { TERMINAL_TEXT, type TerminalText } from '#pact/text/terminal.ts';
import type { Clock } from '#platform/clock.ts';
import { type Config, type Environment, loadConfig } from '#platform/config.ts';
import { PactError, reasonOf } from '#platform/errors.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { migrateToLatest } from '#store/migrate.ts';
import { openDatabase } from '../open-database.ts';

/** What a command answers: a value for `--json`, the same as lines for people, and whether all went well. */
export type Answer = { value: unknown; lines: readonly string[]; ok?: boolean };

/** Where a command's words go, and what becomes of it. */
export type Terminal = { out(text: string): void; err(text: string): void; fail(): void };

export type Cli = {
  text: TerminalText;
  language: Language;
  clock: Clock;
  /** What is told meanwhile, beside the answer. */
  note(text: string): void;
  /** The folder that a person's relative paths are meant from. */
  folder: string;
  /** @throws PactError CONFIG_INVALID */
  config(): Config;
  /** The handler of a command that uses the database, the service's own while it runs. */
  withDatabase<Args extends unknown[]>(
    work: (db: Db, config: Config, ...args: Args) => Promise<Answer>,
  ): Handler;
  /** The handler of a command without one. */
  run<Args extends unknown[]>(work: (...args: Args) => Promise<Answer>): Handler;
};

/** Commander hands every action its arguments, its options and, last, the command itself. */
type Handler = (...args: unknown[]) => Promise<void>;

/** PACT_LANGUAGE, else an English LANG, else Chinese. */
function languageOf(env: Environment): Language {
  if (env.PACT_LANGUAGE === 'en' || env.PACT_LANGUAGE === 'zh-CN') return env.PACT_LANGUAGE;
  return env.LANG?.toLowerCase().startsWith('en') ? 'en' : 'zh-CN';
}

export function createCli(env: Environment, terminal: Terminal, clock: Clock): Cli {
  const language = languageOf(env);
  const text = TERMINAL_TEXT[language];
  const config = () => loadConfig(env);
  const run =
    <Args extends unknown[]>(work: (...args: Args) => Promise<Answer>): Handler =>
    async (...args) => {
      const command = args.at(-1) as Command;
      const json = command.optsWithGlobals<{ json?: boolean }>().json === true;
      try {
        show(await work(...(args as Args)), json, terminal);
      } catch (error) {
        showFault(error, json, text, terminal);
      }
    };
  return {
    text,
    language,
    clock,
    note: (said) => terminal.err(`${said}\n`),
    // npm runs its scripts in the project's folder, and says here where the person was.
    folder: env.INIT_CWD ?? process.cwd(),
    config,
    run,
    withDatabase: <Args extends unknown[]>(
      work: (db: Db, config: Config, ...args: Args) => Promise<Answer>,
    ) =>
      run(async (...args: Args) => {
        const settings = config();
        return useDatabase(settings, (db) => work(db, settings, ...args));
      }),
  };
}

export async function useDatabase<T>(
  config: Config,
  work: (db: Db, connectionString: string) => Promise<T>,
): Promise<T> {
  const opened = await openDatabase(config, 'borrow');
  try {
    await migrateToLatest(opened.connectionString);
    const failures: Error[] = [];
    const onError = (error: Error) => failures.push(error);
    const db = createDatabase(
      createPool({ connectionString: opened.connectionString, size: 4, name: 'curtain-pact-cli', onError }),
    );
    try {
      return await work(db, opened.connectionString);
    } finally {
      await db.destroy();
    }
  } finally {
    await opened.close();
  }
}

function show({ value, lines, ok = true }: Answer, json: boolean, terminal: Terminal): void {
  terminal.out(json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
  if (!ok) terminal.fail();
}

export function showFault(error: unknown, json: boolean, text: TerminalText, terminal: Terminal): void {
  const { code, message, hint, details } =
    error instanceof PactError
      ? error
      : { code: 'INTERNAL', message: reasonOf(error), hint: undefined, details: undefined };
  const fault = { code, message, ...(hint ? { hint } : {}), ...(details ? { details } : {}) };
  if (json) terminal.out(`${JSON.stringify({ error: fault })}\n`);
  const known = text.faults[code];
  const said = known ? `${text.fault({ code, message: known })}\n  ${message}` : text.fault(fault);
  terminal.err(`${said}\n${hint ? `${text.hint(hint)}\n` : ''}`);
  terminal.fail();
}
