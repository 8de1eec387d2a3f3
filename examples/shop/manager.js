const { execFileSync, spawn } = require('node:child_process');
const { existsSync, openSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:net');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

/** What `seed.js` wrote: the directory, the ports by service. */
function readShop(directory) {
  return JSON.parse(readFileSync(path.join(directory, 'shop.json'), 'utf8'));
}

/**
 * Starts a service from its `current` release, or hands over to it from the process that runs now: the new process loads
 * first, then the old one stops listening, then the new one listens. Answers its pid when it answers on its port.
 */
async function startService(shop, name) {
  const release = await takeTurn(shop, name);
  try {
    const program = path.join(shop.directory, name, 'current', 'server.js');
    const child = spawnDaemon(shop, name, program, ['ignore', 'log', 'log', 'ipc']);
    await nextMessage(child, `${name} did not load`);
    await stopBoth(shop, name);
    // Known before it can listen: whoever stops the shop finds it, even if this hand-over is killed now.
    writeFileSync(pidFile(shop, `${name}.next`), `${child.pid}\n`);
    child.send('listen');
    await nextMessage(child, `${name} did not listen on port ${shop.ports[name]}`);
    child.unref();
    return child.pid;
  } finally {
    release();
  }
}

/** Starts a helper of the shop (flag service, traffic) unless it runs. */
async function startHelper(shop, name, program = path.join(__dirname, `${name}.js`)) {
  if (runningPid(shop, name) !== undefined) return;
  spawnDaemon(shop, name, program, ['ignore', 'log', 'log']).unref();
  for (let attempt = 0; runningPid(shop, name) === undefined; attempt += 1) {
    if (attempt === 500) throw new Error(`${name} did not start; see ${logFile(shop, name)}`);
    await sleep(20);
  }
}

/** Stops a service, after a reload that is under way. */
async function stopService(shop, name) {
  const release = await takeTurn(shop, name);
  try {
    await stopBoth(shop, name);
  } finally {
    release();
  }
}

/** The process of a service, and one that a killed hand-over has left on its way. */
async function stopBoth(shop, name) {
  await stopProcess(shop, `${name}.next`);
  await stopProcess(shop, name);
}

/** Stops a process of the shop and waits for its end: asks, and kills it after three seconds. */
async function stopProcess(shop, name) {
  const pid = runningPid(shop, name);
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  for (let attempt = 0; isOurs(shop, pid); attempt += 1) {
    if (attempt === 150) process.kill(pid, 'SIGKILL');
    await sleep(20);
  }
}

/** The process that the pid file names, if it is one of this shop and lives. */
function runningPid(shop, name) {
  const file = pidFile(shop, name);
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  return pid > 0 && isOurs(shop, pid) ? pid : undefined;
}

function pidFile(shop, name) {
  return path.join(shop.directory, 'run', `${name}.pid`);
}

/** Every process of a shop has the path of its shop.json on its command line; a stranger with the same pid has not. */
function isOurs(shop, pid) {
  return commandLine(pid).includes(path.join(shop.directory, 'shop.json'));
}

function commandLine(pid) {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

function spawnDaemon(shop, name, program, stdio) {
  const log = openSync(logFile(shop, name), 'a');
  const args = [program, path.join(shop.directory, 'shop.json')];
  return spawn(process.execPath, args, { detached: true, stdio: stdio.map((kind) => (kind === 'log' ? log : kind)) });
}

function logFile(shop, name) {
  return path.join(shop.directory, 'logs', `${name}.log`);
}

function nextMessage(child, complaint) {
  return new Promise((resolve, reject) => {
    const fail = (how) => reject(new Error(`${complaint}: ${how}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('it said nothing for ten seconds');
    }, 10_000);
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? `exit code ${code}`}`));
    child.once('message', (message) => {
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(message);
    });
  });
}

/** Two reloads of one service run one after the other. The turn of a reload that was killed is taken over. */
async function takeTurn(shop, name) {
  const turn = path.join(shop.directory, 'run', `${name}.reload`);
  for (;;) {
    try {
      writeFileSync(turn, String(process.pid), { flag: 'wx' });
      return () => rmSync(turn, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (commandLine(Number(readFileSync(turn, 'utf8'))) === '') rmSync(turn, { force: true });
      await sleep(50);
    }
  }
}

/** Free now and, held open together until all are known, different from each other. */
async function freePorts(names) {
  const probes = await Promise.all(
    names.map(async (name) => {
      const probe = createServer();
      await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
      return [name, probe];
    }),
  );
  const ports = Object.fromEntries(probes.map(([name, probe]) => [name, probe.address().port]));
  for (const [, probe] of probes) probe.close();
  return ports;
}

module.exports = { freePorts, readShop, startHelper, startService, stopProcess, stopService };
