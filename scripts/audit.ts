/**
 * Checks the packages in package-lock.json for known vulnerabilities: `npm run audit`. Exits with 1 for findings. A
 * registry without advisories counts as "not done" instead of "nothing found", which also exits with 1 with
 * `--require`, as in CI.
 */
import { spawnSync } from 'node:child_process';

/** Shipped dependencies must have no vulnerability; development dependencies none that is high or critical. */
const PARTS = [
  { name: 'shipped dependencies', options: ['--omit=dev', '--audit-level=info'] },
  { name: 'all dependencies, high and critical', options: ['--include=dev', '--audit-level=high'] },
];

/** Output of `npm audit --json`: a report, the registry's `message` instead of one, or npm's own error. */
interface Printed {
  readonly auditReportVersion?: number;
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
  readonly message?: string;
  readonly error?: { readonly code?: string; readonly summary?: string };
}

interface Vulnerability {
  readonly severity: string;
  readonly range: string;
  /** Advisories, or the names of vulnerable dependencies. */
  readonly via: readonly (string | { readonly title: string; readonly url: string })[];
}

type Outcome = { readonly exit: 0 | 1; readonly lines: readonly string[] };

function audit({ name, options }: (typeof PARTS)[number], required: boolean): Outcome {
  const { stdout, status, error } = spawnSync('npm', ['audit', '--json', ...options], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  if (error) return { exit: 1, lines: [`audit: npm could not be run: ${error.message}`] };
  const printed = parse(stdout);
  if (printed.auditReportVersion !== undefined) {
    if (status === 0) return { exit: 0, lines: [`audit: ${name}: nothing found`] };
    return { exit: 1, lines: [`audit: ${name}: FOUND`, ...findings(printed.vulnerabilities ?? {})] };
  }
  const reason = printed.message ?? printed.error?.summary ?? 'npm printed no JSON';
  // Without a message from the registry, npm failed before the request: no lock, or a wrong option.
  if (printed.message === undefined) return { exit: 1, lines: [`audit: ${name}: FAILED: ${reason}`] };
  return {
    exit: required ? 1 : 0,
    lines: [`audit: ${name}: NOT DONE, the registry did not audit: ${reason}`],
  };
}

function parse(stdout: string): Printed {
  try {
    return JSON.parse(stdout) as Printed;
  } catch {
    return {};
  }
}

function findings(vulnerabilities: Readonly<Record<string, Vulnerability>>): string[] {
  return Object.entries(vulnerabilities).map(([name, { severity, range, via }]) => {
    const why = via.map((cause) =>
      typeof cause === 'string' ? `by ${cause}` : `${cause.title} (${cause.url})`,
    );
    return `  ${severity}  ${name} ${range}  ${why.join('; ')}`;
  });
}

const required = process.argv.includes('--require');
const outcomes = PARTS.map((part) => audit(part, required));
process.stdout.write(`${outcomes.flatMap(({ lines }) => lines).join('\n')}\n`);
process.exitCode = Math.max(...outcomes.map(({ exit }) => exit));
