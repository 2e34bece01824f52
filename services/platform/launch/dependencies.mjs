import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ended, forwardSignals } from './child.mjs';
import { lockInstall } from './install-lock.mjs';
import { Refusal, readIfThere, say } from './refusal.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.curtain-pact-lock');
const NPM_MISSING = 127;
const INSTALL_FAILED = 69;
const MOST_STOP_MS = 2_000;

/** Installs what package-lock.json asks for, unless that is there: by us, or by hand. */
export async function ensureInstalled() {
  const wanted = readIfThere(join(ROOT, 'package-lock.json'));
  // A package made without it came with its node_modules.
  if (wanted === undefined) return;
  if (isInstalled(wanted)) return;
  const unlock = await lockInstall(() => isInstalled(wanted));
  if (!unlock) return;
  try {
    if (isInstalled(wanted)) return;
    await install();
    writeStamp(wanted);
  } finally {
    unlock();
  }
}

function isInstalled(lockText) {
  const wanted = JSON.parse(lockText).packages;
  const isOurs = readIfThere(STAMP)?.trim() === hashOf(lockText);
  if (!(isOurs || matchesNpmsRecord(wanted)) || !matchesFolders(wanted, isOurs)) return false;
  if (!isOurs) writeStamp(lockText);
  return true;
}

/** Installed by hand: npm's own record must agree with our lock file … */
function matchesNpmsRecord(wanted) {
  const record = readIfThere(join(MODULES, '.package-lock.json'));
  if (record === undefined) return false;
  const found = JSON.parse(record).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    return found[path] ? found[path].version === entry.version : mayBeMissing(entry);
  });
}

/**
 * … and always the folders of what we name ourselves, which somebody may have removed. An installation of ours may
 * have been made for production: it is not replaced under a service that runs from it.
 */
function matchesFolders(wanted, isOurs) {
  const root = wanted[''];
  const direct = { ...root.dependencies, ...root.optionalDependencies, ...root.devDependencies };
  return Object.keys(direct).every((name) => {
    const path = `node_modules/${name}`;
    const manifest = readIfThere(join(ROOT, path, 'package.json'));
    if (manifest === undefined)
      return !wanted[path] || (isOurs && wanted[path].dev) || mayBeMissing(wanted[path]);
    return JSON.parse(manifest).version === wanted[path]?.version;
  });
}

/**
 * npm leaves out optional packages of other platforms and all that only they need. The ones of this
 * platform that we name ourselves (Node, PostgreSQL) are there or something is wrong.
 */
function mayBeMissing(entry) {
  if (mayLackDev() && (entry.dev || entry.devOptional)) return true;
  if (entry.optional !== true) return false;
  const { os, cpu, libc } = entry;
  // The cheap check knows no libc: what names one is left to npm.
  if ((!os && !cpu) || libc) return true;
  return !(allows(os, process.platform) && allows(cpu, process.arch));
}

function mayLackDev() {
  const { NODE_ENV, npm_config_omit: omit = '' } = process.env;
  return NODE_ENV === 'production' || omit.split(/\s+/).includes('dev');
}

function allows(list, here) {
  const all = [list ?? []].flat();
  const names = all.filter((name) => !name.startsWith('!'));
  return !all.includes(`!${here}`) && (names.length === 0 || names.includes(here) || names.includes('any'));
}

async function install() {
  say(
    '首次运行或依赖已更新:正在安装依赖(npm ci),视网络约需 10 秒到 3 分钟……',
    'First run, or the dependencies have changed: installing them (npm ci), 10 seconds to 3 minutes…',
  );
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress'];
  options.push('--no-update-notifier', '--loglevel=error');
  const npm = findNpm();
  // npm's own stdout goes to our stderr; without stdin it cannot ask anything.
  const child = spawn(npm.file, [...npm.args, ...options], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: npm.shell,
    env: process.env,
  });
  let stoppedBy;
  const stopForwarding = forwardSignals(child);
  const note = (signal) => {
    stoppedBy = signal;
    // npm first waits for what it is fetching, which may take minutes; what it leaves is mended at the next start.
    setTimeout(() => child.kill('SIGKILL'), MOST_STOP_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, note);
  const { error, code, signal } = await ended(child);
  stopForwarding();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, note);
  if (error?.code === 'ENOENT' || code === NPM_MISSING) {
    throw new Refusal(
      NPM_MISSING,
      '未找到 npm:请安装带 npm 的 Node.js(https://nodejs.org),或在本目录手工执行 npm ci。',
      'npm was not found: install Node.js with npm (https://nodejs.org), or run `npm ci` here by hand.',
    );
  }
  if (stoppedBy) {
    throw new Refusal(
      128 + constants.signals[stoppedBy],
      '安装被中断;重新运行同一条命令即可。',
      'The installation was broken off; run the same command again.',
    );
  }
  if (code === 0) return;
  const how = error ? error.message : (signal ?? `exit code ${code}`);
  throw new Refusal(
    INSTALL_FAILED,
    `依赖安装失败(${how})。原因见上方 npm 的输出;解决后重新运行同一条命令即可。`,
    `Installing the dependencies failed (${how}). npm says above why; run the same command again when that is solved.`,
    'Often: no network (set the registry: npm config set registry …), a full disk, or a folder of another user',
    `(this needs write access to ${ROOT} and to npm's cache; npm_config_cache=<folder> moves the cache).`,
  );
}

function findNpm() {
  const { npm_execpath: script = '', npm_node_execpath: node } = process.env;
  // Set by npm for its scripts. pnpm and yarn set it to themselves.
  if (basename(script) === 'npm-cli.js' && existsSync(script)) {
    return { file: node && existsSync(node) ? node : process.execPath, args: [script], shell: false };
  }
  return { file: 'npm', args: [], shell: process.platform === 'win32' };
}

function writeStamp(lockText) {
  try {
    writeFileSync(STAMP, `${hashOf(lockText)}\n`);
  } catch (error) {
    // Installed by another user: verified anew at every start, which takes some milliseconds.
    if (!['EACCES', 'EROFS', 'EPERM'].includes(error.code)) throw error;
  }
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}
