import { Command } from 'commander';
import { DOCTOR_TEXT } from '#pact/text/doctor.ts';
import type { Answer, Cli } from './cli.ts';
import { examine } from './doctor/examine.ts';

export function doctorCommand({ text, clock, config, language, run }: Cli): Command {
  return new Command('doctor')
    .description(text.commands.doctor)
    .option('--json', text.json)
    .action(
      run(async (): Promise<Answer> => {
        const findings = await examine(config(), clock.now(), DOCTOR_TEXT[language]);
        const countOf = (status: string) => findings.filter((finding) => finding.status === status).length;
        const [warn, fail] = [countOf('warn'), countOf('fail')];
        return {
          value: { ok: fail === 0, findings },
          ok: fail === 0,
          lines: [
            ...findings.flatMap(({ status, text: said, hint }) => [
              `[${text.doctorMarks[status]}] ${said}`,
              ...(hint ? [text.hint(hint)] : []),
            ]),
            warn + fail === 0 ? text.doctorWell : text.doctorSum({ warn, fail }),
          ],
        };
      }),
    );
}
