import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')

test('no planted bug lives, of some that are others on other days', async () => {
  const args = ['simulation/simulate.ts', '--planted', '--few']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
  expect(stdout.trim().split('\n')).toHaveLength(3)
  expect(stdout).not.toContain('LIVES')
})
