import { readFileSync } from 'node:fs'

/** Milliseconds of CPU that processes have used; /proc counts in hundredths of a second. */
export function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticks(pid, 11, 12) * 10, 0)
}

/** Milliseconds of CPU that those children of this process used which have ended. */
export const cpuOfEnded = (): number => ticks(process.pid, 13, 14) * 10

/** Two numbers of /proc/<pid>/stat, counted from after the name, which may hold blanks. */
function ticks(pid: number, first: number, second: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[first]) + Number(fields[second])
}
