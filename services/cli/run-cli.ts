import { Command, CommanderError } from 'commander';
import type { TerminalText } from '#pact/text/terminal.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import type { Environment } from '#platform/config.ts';
import { PactError } from '#platform/errors.ts';
import { alertsCommand } from './alerts.command.ts';
import { backupCommand } from './backup.command.ts';
import { createCli, showFault } from './cli.ts';
import { doctorCommand } from './doctor.command.ts';
import { exportCommand } from './export.command.ts';
import { importCommand } from './import.command.ts';
import { inviteCommand } from './invite.command.ts';
import { ledgerCommand } from './ledger.command.ts';
import { reportCommand } from './report.command.ts';
import { restoreCommand } from './restore.command.ts';
import { rotaCommand } from './rota.command.ts';
import { roundCommand } from './round.command.ts';
import { sensorCommand } from './sensor.command.ts';
import { todayCommand } from './today.command.ts';
import { tokenCommand } from './token.command.ts';

const COMMANDS = [
  importCommand,
  exportCommand,
  todayCommand,
  roundCommand,
  alertsCommand,
  ledgerCommand,
  reportCommand,
  rotaCommand,
  sensorCommand,
  inviteCommand,
  tokenCommand,
  doctorCommand,
  backupCommand,
  restoreCommand,
];

export type Output = { out(text: string): void; err(text: string): void };

/** Runs one command. @returns the exit code: 0 when all went well */
export async function runCli(
  args: readonly string[],
  env: Environment,
  { out, err }: Output,
  clock: Clock = systemClock,
): Promise<number> {
  let exitCode = 0;
  const fail = () => {
    exitCode = 1;
  };
  const terminal = { out, err, fail };
  const cli = createCli(env, terminal, clock);
  const program = new Command('pact').description(cli.text.about);
  for (const make of COMMANDS) program.addCommand(make(cli));
  for (const command of everyCommand(program)) {
    command.exitOverride().showHelpAfterError();
    // Its own words are English; what was wrong is said below in the language of the person.
    command.configureOutput({ writeOut: out, writeErr: err, outputError: () => undefined });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    showFault(
      new PactError('BAD_REQUEST', usageText(error, cli.text)),
      args.includes('--json'),
      cli.text,
      terminal,
    );
  }
  return exitCode;
}

/** What was wrong with the command line; Commander quotes the part that it is about. */
function usageText({ code, message }: CommanderError, { usage }: TerminalText): string {
  const about = /'(.+?)'/.exec(message)?.[1] ?? '';
  // A group of commands has no options of its own: there the command itself is missing.
  if (about === '--json') return usage.command;
  switch (code) {
    case 'commander.help':
      return usage.command;
    case 'commander.unknownOption':
    case 'commander.unknownCommand':
      return usage.unknown(about);
    case 'commander.excessArguments':
      return usage.tooMany;
    case 'commander.missingArgument':
    case 'commander.optionMissingArgument':
    case 'commander.missingMandatoryOptionValue':
      return usage.missing(about);
    case 'commander.invalidArgument':
      return usage.invalid(about, /Allowed choices are (.+?)\.$/.exec(message)?.[1]);
    default:
      return usage.other;
  }
}

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
