import { readdirSync, readFileSync } from 'node:fs';

/** Resource usage of a process and its descendants. */
export interface Usage {
  /** User and system time in seconds, with a resolution of 0.01. */
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
    // The name, in parentheses, may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    cpu += (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    rss += statusMiB(member, 'VmRSS');
  }
  return { cpu, rss };
}

/** Returns the peak memory in MiB, summed over descendants, which may exceed the actual peak. */
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

/** Returns undefined for a process that has exited. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
