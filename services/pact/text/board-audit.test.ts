import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DOOR_ACTIONS } from '#contracts/http/door.ts';
import { AUDIT_TEXT } from './board-audit.ts';

/** What the log's writers call what was done, as it stands in their sources. */
function actionsInSources(): string[] {
  const files = globSync('services/{api,store,cli}/**/*.ts').filter((file) => !file.endsWith('.test.ts'));
  const written = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/'([a-z]+\.[a-z_-]+)'/g)].map((match) => match[1]!),
  );
  const subjects = new Set(Object.keys(AUDIT_TEXT.en.actions).map((action) => action.split('.')[0]));
  return [...new Set(written)].filter(
    (action) => subjects.has(action.split('.')[0]) && !NO_ACTIONS.has(action),
  );
}

/** Settings of a transaction and marks of a trace look the same. */
const NO_ACTIONS = new Set(['pact.actor', 'pact.at', 'alert.opened']);

it('has words in both languages for everything that is written to the audit log', () => {
  const actions = [...actionsInSources(), ...DOOR_ACTIONS.map((action) => `alert.${action}`)];
  expect(actions.length).toBeGreaterThan(60);
  for (const words of Object.values(AUDIT_TEXT)) {
    expect(actions.filter((action) => !words.actions[action])).toEqual([]);
  }
});

it('says the same things in both languages', () => {
  expect(Object.keys(AUDIT_TEXT.en.actions)).toEqual(Object.keys(AUDIT_TEXT['zh-CN'].actions));
});
