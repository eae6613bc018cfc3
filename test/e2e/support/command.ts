import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { look } from '../../support/patience.ts'
import { root } from './open-hub.ts'

/** A program that runs, and what it says. */
export interface Running {
  readonly child: ChildProcess
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** The first line on stdout; rejects with what stood on stderr when the program ends without one. */
  readonly firstLine: Promise<string>
  /** Resolves with the exit status, or with the signal that ended it. */
  readonly ended: Promise<number | string>
}

/** Runs a script of the project with the Node that runs this. */
export const node = (script: string, args: readonly string[], cwd = root): Running =>
  run(process.execPath, [join(cwd, script), ...args], cwd)

export function run(command: string, args: readonly string[], cwd = root): Running {
  const child = spawn(command, [...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const stdout: string[] = []
  const stderr: string[] = []
  const ended = new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'nothing')),
  )
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line))
  const firstLine = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      stdout.push(line)
      resolve(line)
    })
    void ended.then((how) => reject(new Error(`ended with ${how}: ${stderr.join('\n')}`)))
  })
  // Whoever does not wait for a line does not mind that none came.
  firstLine.catch(() => {})
  return { child, stdout, stderr, firstLine, ended }
}

/** A process and everything it started, as it is now. */
export function familyOf({ child }: Running): number[] {
  const all = processes()
  const below = (pid: number): number[] => [
    pid,
    ...all.filter(({ parent }) => parent === pid).flatMap((one) => below(one.pid)),
  ]
  return child.pid === undefined ? [] : below(child.pid)
}

/** Resolves with those that still live after the time it may take to notice. */
export async function survivorsOf(pids: readonly number[]): Promise<readonly number[]> {
  let left = pids
  const leave = () => {
    const alive = new Set(processes().map(({ pid }) => pid))
    left = left.filter((pid) => alive.has(pid))
    return left.length === 0 ? left : undefined
  }
  await look(leave, { everyMs: 100, looks: 200 })
  return left
}

/** Zombies are gone; it is only their parent that has not looked. */
function processes(): readonly { readonly pid: number; readonly parent: number }[] {
  const list = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
  return list
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , stat = '']) => !stat.startsWith('Z'))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }))
}
