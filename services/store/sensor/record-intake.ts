import type pg from 'pg';
import { isRace } from '../race.ts';
import type { IntakeMessage, IntakeOutcome } from './intake.ts';
import { recordBatch } from './record-batch.ts';
import { recordClosely } from './record-closely.ts';

const MOST_RACES = 5;

/** Where one message was known already, more will be: sensors that were cut off send again, all at once. */
const CAREFUL_ROUNDS = 50;
const carefulRounds = new WeakMap<pg.Pool, number>();

/**
 * Makes messages durable and says what became of each. One round trip on the common path, where every
 * sensor speaks once; a sensor's further messages follow in rounds of their own, in their order. All of it
 * may be repeated after any failure: what was stored already is then a duplicate.
 */
export async function recordIntake(
  pool: pg.Pool,
  messages: readonly IntakeMessage[],
): Promise<IntakeOutcome[]> {
  const outcomes = new Array<IntakeOutcome>(messages.length);
  for (const round of splitIntoRounds(messages)) await recordRound(pool, messages, round, outcomes);
  return outcomes;
}

/** Rounds of indexes in which no sensor appears twice, ordered as their statement locks them. */
function splitIntoRounds(messages: readonly IntakeMessage[]): number[][] {
  const rounds: number[][] = [];
  const spoken = new Map<string, number>();
  for (let index = 0; index < messages.length; index += 1) {
    const { sensorId } = messages[index] as IntakeMessage;
    const turn = spoken.get(sensorId) ?? 0;
    spoken.set(sensorId, turn + 1);
    const round = rounds[turn];
    if (round) round.push(index);
    else rounds[turn] = [index];
  }
  return rounds;
}

async function recordRound(
  pool: pg.Pool,
  messages: readonly IntakeMessage[],
  round: readonly number[],
  outcomes: IntakeOutcome[],
): Promise<void> {
  const batch = round.map((index) => messages[index] as IntakeMessage);
  const carefulFor = carefulRounds.get(pool) ?? 0;
  if (carefulFor > 0) carefulRounds.set(pool, carefulFor - 1);
  const wary = carefulFor > 0 || batch.some((message) => message.redelivered);
  const { duplicates, unsettled } = await againWhenRaced((race) => {
    if (race === 2 && !wary) carefulRounds.set(pool, CAREFUL_ROUNDS);
    return recordBatch(pool, batch, wary || race > 1);
  });
  for (const index of round) outcomes[index] = 'recorded';
  for (const place of duplicates) outcomes[round[place] as number] = 'duplicate';
  for (const place of unsettled) {
    const message = batch[place] as IntakeMessage;
    const [outcome] = await againWhenRaced(() => recordClosely(pool, [message]));
    outcomes[round[place] as number] = outcome ?? 'unknown_sensor';
  }
}

async function againWhenRaced<T>(work: (race: number) => Promise<T>): Promise<T> {
  for (let race = 1; ; race += 1) {
    try {
      return await work(race);
    } catch (error) {
      if (!isRace(error) || race === MOST_RACES) throw error;
    }
  }
}
