import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** What npm says on stdout; it also ends with an error where it found something. */
export function npm(...args) {
  const cli = process.env.npm_execpath
  const [command, first] = cli ? [process.execPath, [cli]] : ['npm', []]
  const { stdout } = spawnSync(command, [...first, ...args], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  return stdout ?? ''
}
