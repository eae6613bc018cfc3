import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

test('two hundred orders on two bad days of a new seed, which meet as few do not, keep every promise', () => {
  const size = ['--orders', '200', '--days', '2', '--shrink', '60']
  const args = ['simulation/simulate.ts', '--fresh', '1', ...size]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root })
  // What broke, how, and how to see it again.
  const said = `${stdout}${stderr}`
  expect({ status, said }).toMatchObject({
    status: 0,
    said: expect.stringContaining('Every promise held.'),
  })
})
