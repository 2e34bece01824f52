import { Command, CommanderError } from 'commander';
import type { Environment } from '#platform/config.ts';
import { alertsCommand } from './alerts.command.ts';
import { createCli } from './cli.ts';
import { doctorCommand } from './doctor.command.ts';
import { importCommand } from './import.command.ts';
import { inviteCommand } from './invite.command.ts';
import { ledgerCommand } from './ledger.command.ts';
import { rotaCommand } from './rota.command.ts';
import { sensorCommand } from './sensor.command.ts';
import { todayCommand } from './today.command.ts';
import { tokenCommand } from './token.command.ts';

const COMMANDS = [
  importCommand,
  todayCommand,
  alertsCommand,
  ledgerCommand,
  rotaCommand,
  sensorCommand,
  inviteCommand,
  tokenCommand,
  doctorCommand,
];

export type Output = { out(text: string): void; err(text: string): void };

/** Runs one command. @returns the exit code: 0 when all went well */
export async function runCli(
  args: readonly string[],
  env: Environment,
  { out, err }: Output,
): Promise<number> {
  let exitCode = 0;
  const fail = () => {
    exitCode = 1;
  };
  const cli = createCli(env, { out, err, fail });
  const program = new Command('pact').description(cli.text.about);
  for (const make of COMMANDS) program.addCommand(make(cli));
  for (const command of everyCommand(program)) {
    command.exitOverride().configureOutput({ writeOut: out, writeErr: err }).showHelpAfterError();
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode;
  }
  return exitCode;
}

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
