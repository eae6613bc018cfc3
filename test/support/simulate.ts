import { spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface Ended {
  readonly code: number | null
  readonly said: string
}

/** The command as people give it; a process of its own, because Jest has modules of its own kind. */
export function simulate(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['simulation/simulate.ts', ...args], { cwd: root })
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  return new Promise((resolve) =>
    child.on('exit', (code) => resolve({ code, said: Buffer.concat(said).toString() })),
  )
}
