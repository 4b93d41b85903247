/** A real Slurm of one node in a folder of its own, on the loopback, for a test; it ends with `stop()`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import path from 'node:path';

/** @returns why no Slurm can be started here, as a test's name says it; empty if one can */
export function whyNoCluster(): string {
  if (process.platform !== 'linux') return ' (skipped: Slurm runs on Linux alone)';
  if (process.getuid?.() !== 0) return ' (skipped: only root can start a Slurm)';
  const missing = ['munged', 'slurmctld', 'slurmd', 'sbatch'].find(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`], { env: environment }).status !== 0,
  );
  return missing ? ` (skipped: there is no ${missing}; apt-get install slurm-wlm)` : '';
}

const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/bin:/sbin:/bin` };

/** A cluster that runs. */
export interface Cluster {
  /** what its commands need: `SLURM_CONF` */
  conf: string;
  /** where its daemons write */
  folder: string;
  stop(): void;
}

/**
 * Starts Munge, a controller and a node.
 *
 * @throws Error with the end of the controller's log, if the node does not become idle
 */
export async function startCluster(): Promise<Cluster> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'slurm-'));
  const at = (name: string) => path.join(folder, name);
  for (const name of ['run', 'state', 'spool']) fs.mkdirSync(at(name), { mode: 0o755 });
  fs.writeFileSync(at('munge.key'), randomBytes(1024), { mode: 0o400 });
  const [controller, node] = [await freePort(), await freePort()];
  const memory = Math.floor(os.totalmem() / 2 ** 20 / 2);
  const conf = at('slurm.conf');
  fs.writeFileSync(
    conf,
    `ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=${controller}
SlurmdPort=${node}
AuthType=auth/munge
AuthInfo=socket=${at('run/munge.socket')}
CredType=cred/munge
StateSaveLocation=${at('state')}
SlurmdSpoolDir=${at('spool')}
SlurmctldPidFile=${at('run/slurmctld.pid')}
SlurmdPidFile=${at('run/slurmd.pid')}
SlurmctldLogFile=${at('slurmctld.log')}
SlurmdLogFile=${at('slurmd.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=2
NodeName=localhost NodeAddr=127.0.0.1 CPUs=${os.cpus().length} RealMemory=${memory}
PartitionName=all Nodes=localhost Default=YES MaxTime=UNLIMITED State=UP
`,
  );
  const env = { ...environment, SLURM_CONF: conf };
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { env, encoding: 'utf8' });
  const stop = () => {
    spawnSync('scancel', ['--full', '-u', 'root'], { env });
    for (const name of ['slurmd', 'slurmctld', 'munged']) endByFile(at(`run/${name}.pid`));
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const munge = ['pid-file=run/munged.pid', 'log-file=munged.log', 'seed-file=munged.seed'];
    const files = ['socket=run/munge.socket', 'key-file=munge.key', ...munge].map((option) => {
      const [name, file] = option.split('=');
      return `--${name}=${at(file)}`;
    });
    run('munged', '--force', ...files);
    run('slurmctld', '-c');
    run('slurmd', '-N', 'localhost');
    await until(() => run('sinfo', '-h', '-o', '%t').trim() === 'idle', 30_000);
  } catch (error) {
    const log = fs.existsSync(at('slurmctld.log')) ? fs.readFileSync(at('slurmctld.log'), 'utf8') : '';
    stop();
    throw new Error(`${(error as Error).message}\n${log.slice(-2000)}`);
  }
  return { conf, folder, stop };
}

function endByFile(file: string): void {
  try {
    process.kill(Number(fs.readFileSync(file, 'utf8')), 'SIGKILL');
  } catch {
    // It has not started, or has ended.
  }
}

async function until(isSo: () => boolean, limit: number): Promise<void> {
  for (const end = Date.now() + limit; ; ) {
    try {
      if (isSo()) return;
    } catch {
      // The controller does not answer yet.
    }
    if (Date.now() > end) throw new Error('The node does not become idle.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
