/** What a process takes, as the kernel counts it: https://man7.org/linux/man-pages/man5/proc.5.html */
import { readFileSync } from 'node:fs';

/** Of /proc/PID/stat; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** User and system time of all its threads so far. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may hold anything
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory now, in MB (10^6 bytes), shared libraries included. */
export function residentMegabytes(pid: number): number {
  return statusMegabytes(pid, 'VmRSS');
}

/** Of that, what is its own: heap and stacks, not the program's file, which others may share. */
export function anonymousMegabytes(pid: number): number {
  return statusMegabytes(pid, 'RssAnon');
}

/** The most that it has had so far. */
export function peakMegabytes(pid: number): number {
  return statusMegabytes(pid, 'VmHWM');
}

function statusMegabytes(pid: number, field: 'VmRSS' | 'RssAnon' | 'VmHWM'): number {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return (Number(kibibytes ?? 0) * 1024) / 1e6;
}
