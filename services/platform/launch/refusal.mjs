import { readFileSync } from 'node:fs';

export const say = (...lines) => process.stderr.write(`${lines.join('\n')}\n`);

/** What ends the launch: said as it is, without a stack, with an exit code of its own. */
export class Refusal extends Error {
  constructor(exitCode, ...lines) {
    super(lines.join('\n'));
    this.exitCode = exitCode;
  }
}

export function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
