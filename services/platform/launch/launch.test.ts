import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeTestFolder } from '../testing/service-process.ts';
import { createTinyProject, type TinyProject } from '../testing/tiny-project.ts';

const INSTALLING = 'installing them (npm ci)';
const PINNED = `node-${process.platform}-${process.arch}`;
let project: TinyProject;

const lockOf = ({ folder }: TinyProject) => join(folder, '.curtain-pact-install');
const modulesOf = ({ folder }: TinyProject) => join(folder, 'node_modules');
const ranWith = (version: string, args: string[] = []) => ({
  code: 0,
  stdout: JSON.stringify({ version, args }),
});

/** Lets Node say that it is another version, but not to the Node that the launcher changes to. */
async function pretendNode(version: string): Promise<string[]> {
  const file = join(await makeTestFolder('node'), 'pretend.cjs');
  await writeFile(
    file,
    `if (!process.env.CURTAIN_PACT_RELAUNCHED) Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
    else process.env.FROM_NODE = '${version}';`,
  );
  return ['--require', file];
}

describe('a first start', () => {
  beforeAll(async () => {
    project = await createTinyProject();
  });
  beforeEach(() => rm(modulesOf(project), { recursive: true, force: true }));

  it('installs once when two scripts start at the same time, and both run', async () => {
    const both = await Promise.all([project.launch().ended, project.launch({ args: ['--json'] }).ended]);
    expect(both).toMatchObject([ranWith('1.0.0'), ranWith('1.0.0', ['--json'])]);
    expect(both.filter(({ stderr }) => stderr.includes(INSTALLING))).toHaveLength(1);
    expect((await readdir(project.folder)).filter((name) => name.startsWith('.curtain'))).toEqual([]);
  });

  it('takes the turn of an installation that was killed, and mends what it left', async () => {
    await mkdir(join(modulesOf(project), 'needed'), { recursive: true });
    await mkdir(lockOf(project));
    await writeFile(join(lockOf(project), 'holder'), `2147483646@${hostname()}@0.5`);
    const end = await project.launch().ended;
    expect(end).toMatchObject(ranWith('1.0.0'));
    expect(end.stderr).toContain(INSTALLING);
  });

  it('says that npm is missing, and what to do', async () => {
    const env = { PATH: await makeTestFolder('empty'), npm_execpath: undefined };
    const end = await project.launch({ env }).ended;
    expect(end).toMatchObject({ code: 127, stdout: '' });
    expect(end.stderr).toContain('npm was not found');
  });

  it('refuses a Node that is too old before it installs anything', async () => {
    const end = await project.launch({ node: await pretendNode('18.20.8') }).ended;
    expect(end).toMatchObject({ code: 70, stdout: '' });
    expect(end.stderr).toContain('This is Node 18.20.8');
    expect(end.stderr).toContain('Node 20 or newer');
    expect(end.stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(modulesOf(project))).toBe(false);
  });
});

describe('a later start', () => {
  beforeAll(async () => {
    project = await createTinyProject();
    await project.launch().ended;
  });

  it('installs nothing and says nothing', async () => {
    expect(await project.launch().ended).toEqual({ ...ranWith('1.0.0'), stderr: '' });
  });

  it('keeps what was compiled beside the installation, where the first start put it', async () => {
    const env = { NODE_COMPILE_CACHE: undefined };
    await project.launch({ env }).ended;
    const kept = join(modulesOf(project), '.compiled');
    const files = await readdir(kept, { recursive: true });
    expect(files.length).toBeGreaterThan(1);
    await project.launch({ env }).ended;
    expect(await readdir(kept, { recursive: true })).toEqual(files);
  });

  it('accepts what was installed by hand', async () => {
    await rm(join(modulesOf(project), '.curtain-pact-lock'));
    expect(await project.launch().ended).toEqual({ ...ranWith('1.0.0'), stderr: '' });
  });

  it.each(['hand-made', 'own'])('mends a %s installation that lacks a package', async (whose) => {
    if (whose === 'hand-made') await rm(join(modulesOf(project), '.curtain-pact-lock'));
    await rm(join(modulesOf(project), 'needed'), { recursive: true });
    const end = await project.launch().ended;
    expect(end).toMatchObject(ranWith('1.0.0'));
    expect(end.stderr).toContain(INSTALLING);
  });

  it('installs anew when the lock file asks for something else', async () => {
    await project.wants('1.1.0');
    const end = await project.launch().ended;
    expect(end).toMatchObject(ranWith('1.1.0'));
    expect(end.stderr).toContain(INSTALLING);
  });

  it('changes to the pinned Node when this one cannot run TypeScript', async () => {
    const pinned = join(modulesOf(project), PINNED, 'bin');
    await mkdir(pinned, { recursive: true });
    await symlink(process.execPath, join(pinned, 'node'));
    const { stdout, stderr } = await project.launch({ node: await pretendNode('20.20.2'), args: ['a'] })
      .ended;
    expect(JSON.parse(stdout)).toEqual({ version: '1.1.0', args: ['a'], relaunched: '20.20.2' });
    expect(stderr).toBe('');
  });

  it('says that no pinned Node came along, and what to do', async () => {
    await rm(join(modulesOf(project), PINNED), { recursive: true });
    const end = await project.launch({ node: await pretendNode('20.20.2') }).ended;
    expect(end).toMatchObject({ code: 70, stdout: '' });
    expect(end.stderr).toContain('Please install Node 24.7 or newer');
  });
});

describe('without the network', () => {
  beforeAll(async () => {
    project = await createTinyProject();
  });

  it('says that the installation failed, why, and that the same command goes on later', async () => {
    await project.wantsFrom('http://127.0.0.1:1');
    const env = { npm_config_cache: await makeTestFolder('cache'), npm_config_fetch_retries: '0' };
    const end = await project.launch({ env }).ended;
    expect(end).toMatchObject({ code: 69, stdout: '' });
    expect(end.stderr).toContain('ECONNREFUSED');
    expect(end.stderr).toContain('run the same command again');
    expect(end.stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(lockOf(project))).toBe(false);
  });

  it('is broken off by Ctrl-C while a registry keeps it waiting', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const asked = once(silent, 'connection') as Promise<[Socket]>;
    const { port } = silent.address() as { port: number };
    await project.wantsFrom(`http://127.0.0.1:${port}`);
    const launched = project.launch({ env: { npm_config_cache: await makeTestFolder('cache') } });
    const [socket] = await asked;
    socket.on('error', () => undefined);
    launched.child.kill('SIGINT');
    const end = await launched.ended;
    expect(end).toMatchObject({ code: 130, stdout: '' });
    expect(end.stderr).toContain('broken off');
    expect(existsSync(lockOf(project))).toBe(false);
    socket.destroy();
    silent.close();
  });
});
