import { existsSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal, readIfThere, say } from './refusal.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
/** Outside node_modules, because `npm ci` removes that folder as a whole. */
const INSTALL_LOCK = join(ROOT, '.curtain-pact-install');
const NOT_WRITABLE = 73;

/**
 * Waits for its turn. Returns how to give it back, or undefined when the one before us has done the work.
 * A lock whose holder is dead, or shows no sign of life for 20 s, is taken from it.
 */
export async function lockInstall(isDone) {
  let told = false;
  let seen = { beat: 0, polls: 0 };
  for (;;) {
    const unlock = tryLock();
    if (unlock) return unlock;
    if (!told) {
      told = true;
      say(
        '另一个进程正在安装依赖,等待其完成……',
        'Another process is installing the dependencies; waiting for it…',
      );
    }
    await new Promise((done) => setTimeout(done, 500));
    const holder = readHolder();
    if (!holder) {
      if (isDone()) return undefined;
      continue;
    }
    // Counted in polls of our own: the clocks of two containers on one folder need not agree.
    seen = holder.beat === seen.beat ? { ...seen, polls: seen.polls + 1 } : { beat: holder.beat, polls: 0 };
    if (isDead(holder) || seen.polls > 40) removeLock(holder);
  }
}

function tryLock() {
  const token = `${process.pid}@${hostname()}@${Math.random()}`;
  let stage;
  try {
    // Filled first and then renamed: a lock always says whose it is, and a full folder is not replaced.
    stage = mkdtempSync(`${INSTALL_LOCK}-`);
    writeFileSync(join(stage, 'holder'), token);
    renameSync(stage, INSTALL_LOCK);
  } catch (error) {
    if (stage) rmSync(stage, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code) && existsSync(INSTALL_LOCK)) return undefined;
    throw new Refusal(
      NOT_WRITABLE,
      `依赖尚未安装(或已过期),而本目录不可写:${error.message}`,
      `The dependencies are missing or old, and this folder cannot be written: ${error.message}`,
      `Run \`npm ci\` in ${ROOT} as its owner, then run this again.`,
    );
  }
  const beat = setInterval(() => touch(join(INSTALL_LOCK, 'holder')), 2_000);
  const unlock = () => {
    clearInterval(beat);
    process.off('exit', unlock);
    if (readHolder()?.token === token) rmSync(INSTALL_LOCK, { recursive: true, force: true });
  };
  process.on('exit', unlock);
  return unlock;
}

function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch (error) {
    // Taken from us after a long sleep of the machine: the new holder reinstalls, which harms nothing.
    if (error.code !== 'ENOENT') throw error;
  }
}

function readHolder() {
  const file = join(INSTALL_LOCK, 'holder');
  const token = readIfThere(file);
  if (token === undefined) return undefined;
  const [pid, host] = token.split('@');
  return { token, pid: Number(pid), host, beat: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
}

function isDead({ pid, host }) {
  if (host !== hostname()) return false;
  // A container starts counting again: our own number on a lock that is not ours is an earlier life's.
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Moves the lock away before looking at it again: of two who judge it dead, one moves a living one. */
function removeLock(dead) {
  const away = `${INSTALL_LOCK}-${process.pid}-old`;
  try {
    renameSync(INSTALL_LOCK, away);
    if (readIfThere(join(away, 'holder')) === dead.token) rmSync(away, { recursive: true, force: true });
    else renameSync(away, INSTALL_LOCK);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  }
}
