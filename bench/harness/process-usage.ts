import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its children have used. */
export interface Usage {
  /** User and system time, in seconds; the kernel counts it in hundredths. */
  readonly cpu: number;
  /** Resident memory, in MiB. */
  readonly rss: number;
}

const TICKS_PER_SECOND = 100;

export function usageOf(pid: number): Usage {
  let cpu = 0;
  let rss = 0;
  for (const member of [pid, ...descendants(pid)]) {
    const stat = read(`/proc/${member}/stat`);
    if (!stat) continue;
    // The name, in parentheses, may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    cpu += (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    rss += statusMiB(member, 'VmRSS');
  }
  return { cpu, rss };
}

/** The most memory it ever had at once, in MiB; of children the sum, which may be more than was. */
export function peakOf(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, member) => sum + statusMiB(member, 'VmHWM'), 0);
}

function statusMiB(pid: number, name: string): number {
  const line = read(`/proc/${pid}/status`)?.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'));
  return line ? Number(line[1]) / 1024 : 0;
}

function descendants(pid: number): number[] {
  const children: number[] = [];
  for (const thread of list(`/proc/${pid}/task`)) {
    const text = read(`/proc/${pid}/task/${thread}/children`) ?? '';
    for (const child of text.split(' ').filter(Boolean).map(Number)) {
      children.push(child, ...descendants(child));
    }
  }
  return children;
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Undefined for a process that has just gone. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
