import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { isPortFree, nextFreePort } from '../../src/adapters/ports';
import { identifyProcess } from '../../src/adapters/process-identity';
import { findTemporal } from '../../src/adapters/temporal-binary';
import { startTemporal, type RunningTemporal } from '../../src/adapters/temporal-server';
import { describeWithServer } from '../servers/describe-with-server';
import { scratchDirectory } from '../servers/run';

describeWithServer('temporal', 'the Temporal dev server runner', (shared) => {
  let dataDir: string;
  const running: RunningTemporal[] = [];
  beforeEach(() => {
    dataDir = scratchDirectory();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
  });

  async function start(port?: number): Promise<RunningTemporal> {
    const ports = port === undefined ? {} : { port, uiPort: await nextFreePort(28_233, [port]) };
    const server = await startTemporal({ dataDir, binary: findTemporal(process.env) ?? '', ...ports });
    running.push(server);
    return server;
  }

  async function namespaceDescription(address: string): Promise<string> {
    const connection = await Connection.connect({ address });
    try {
      const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace: 'default' });
      return namespaceInfo?.description ?? '';
    } finally {
      await connection.close();
    }
  }

  it('answers clients and shows its UI, with our search attributes registered', async () => {
    const server = await start();
    const connection = await Connection.connect({ address: server.address });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    await connection.close();
    expect(Object.keys(customAttributes).sort()).toEqual([
      'LastgoodComponents',
      'LastgoodEnvironment',
      'LastgoodOutcome',
      'LastgoodPhase',
    ]);
    expect((await fetch(server.uiUrl)).status).toBe(200);
  });

  it('keeps ports and state when it is killed and started again', async () => {
    const first = await start();
    const connection = await Connection.connect({ address: first.address });
    const updateInfo = { description: 'written before the kill' };
    await connection.workflowService.updateNamespace({ namespace: 'default', updateInfo });
    await connection.close();
    process.kill(first.pid, 'SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    const second = await start();
    expect(second.address).toBe(first.address);
    expect(await namespaceDescription(second.address)).toBe('written before the kill');
  });

  it('stops what an earlier run left behind on the same directory', async () => {
    const leftover = await start();
    const next = await start();
    await leftover.ended;
    expect(identifyProcess(leftover.pid)).toBeUndefined();
    expect(next.address).toBe(leftover.address);
  });

  it('leaves no process and no open port behind when it is stopped', async () => {
    const server = await start();
    await server.stop();
    expect(identifyProcess(server.pid)).toBeUndefined();
    expect(await isPortFree(server.port)).toBe(true);
  });

  it('refuses a port that another server listens on and names it', async () => {
    const taken = Number(shared.split(':')[1]);
    await expect(start(taken)).rejects.toThrow(`port ${taken}, on which Temporal is to listen, is taken`);
  });

  it('shows the end of the log when the program does not come up', async () => {
    const starting = startTemporal({ dataDir, binary: process.execPath });
    await expect(starting).rejects.toMatchObject({
      code: 'SERVER_NOT_AVAILABLE',
      message: expect.stringContaining('Cannot find module'),
    });
    expect(readFileSync(join(dataDir, 'temporal.log'), 'utf8')).toContain('Cannot find module');
  });
});
