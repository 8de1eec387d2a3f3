import { readFile, stat } from 'node:fs/promises';
import { LastgoodError } from '../../domain/errors';

/** Who the server runs as. PostgreSQL refuses to run as root. */
export interface Identity {
  /** Set when we are root: what the child processes switch to. */
  readonly switchTo?: { readonly uid: number; readonly gid: number };
}

/**
 * Ourselves; as root the owner of the data that is there, else the user `nobody`: initdb needs one with an entry in
 * /etc/passwd. Throws SERVER_NOT_AVAILABLE.
 */
export async function chooseIdentity(data: string): Promise<Identity> {
  if (process.getuid?.() !== 0) return {};
  const owner = await stat(data).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { switchTo: { uid: owner.uid, gid: owner.gid } };
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, , uid, gid] = /^nobody:.*$/m.exec(users)?.[0].split(':') ?? [];
  if (uid !== undefined && gid !== undefined) return { switchTo: { uid: asUnsigned(uid), gid: asUnsigned(gid) } };
  throw new LastgoodError('SERVER_NOT_AVAILABLE', {
    what: 'the embedded PostgreSQL can not be started by root here',
    why: 'it must not run as root, and /etc/passwd has no user "nobody" to run it as',
    next: 'start Lastgood as a normal user, or set LASTGOOD_DATABASE_URL',
  });
}

/** macOS writes nobody as -2; the system calls want 4294967294. */
function asUnsigned(id: string): number {
  return Number(id) >>> 0;
}
