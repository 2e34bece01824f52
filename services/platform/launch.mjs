// `node launch.mjs <entry> [args]`: what every npm script goes through. Plain JavaScript for Node 20, with
// nothing installed: it installs the dependencies when they are missing or old, changes to the pinned Node
// when this one is too old to run TypeScript, and then becomes the entry. It writes to stderr only.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ended, forwardSignals } from './launch/child.mjs';
import { ensureInstalled } from './launch/dependencies.mjs';
import { Refusal, say } from './launch/refusal.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** Within what is installed: whoever may write here may change the code itself, which no shared /tmp may say. */
const COMPILED = join(ROOT, 'node_modules', '.compiled');
const RELAUNCHED = 'CURTAIN_PACT_RELAUNCHED';
/** Type stripping without a flag, and crypto.argon2. */
const OLDEST_NODE = [24, 7];
/** The oldest whose npm installs the dependencies. */
const OLDEST_STARTER = 20;
const NODE_TOO_OLD = 70;
const USAGE = 64;

await main();

async function main() {
  const [entry] = process.argv.slice(2);
  try {
    if (!entry) throw new Refusal(USAGE, 'Usage: node services/platform/launch.mjs <entry> [arguments]');
    refuseAncientNode();
    await ensureInstalled();
    if (isTooOld()) return await relaunch();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(error.message);
    process.exit(error.exitCode);
  }
  delete process.env[RELAUNCHED];
  const file = resolve(ROOT, entry);
  process.argv.splice(1, 2, file);
  // A quarter of a start is taking types away and compiling. Where nothing can be written it goes on without.
  nodeModule.enableCompileCache(COMPILED);
  await import(pathToFileURL(file).href);
}

function refuseAncientNode() {
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_STARTER) return;
  throw new Refusal(
    NODE_TOO_OLD,
    `这是 Node ${process.versions.node},过旧:请安装 Node ${OLDEST_STARTER} 或更新的版本(https://nodejs.org),然后重新运行。`,
    `This is Node ${process.versions.node}, too old: please install Node ${OLDEST_STARTER} or newer (https://nodejs.org) and run this again.`,
  );
}

function isTooOld() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

async function relaunch() {
  const wanted = `Node ${OLDEST_NODE.join('.')}`;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const pinned = join(ROOT, 'node_modules', `node-${platform}-${process.arch}`, 'bin', `node${suffix}`);
  const advice = [
    `请安装 ${wanted} 或更新的版本(https://nodejs.org),然后重新运行。`,
    `Please install ${wanted} or newer (https://nodejs.org) and run this again.`,
  ];
  if (process.env[RELAUNCHED] || !existsSync(pinned)) {
    throw new Refusal(
      NODE_TOO_OLD,
      `This is Node ${process.versions.node}, and no newer one comes with the dependencies for ${process.platform} on ${process.arch}.`,
      ...advice,
    );
  }
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(pinned, args, { stdio: 'inherit', env: { ...process.env, [RELAUNCHED]: '1' } });
  const stopForwarding = forwardSignals(child);
  const { error, code, signal } = await ended(child);
  stopForwarding();
  if (error) {
    throw new Refusal(NODE_TOO_OLD, `The pinned Node ${pinned} does not run: ${error.message}`, ...advice);
  }
  if (signal) process.kill(process.pid, signal);
  else process.exit(code);
}
