import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onlyHere } from '../../local/only-here.ts'
import { run } from '../e2e/support/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'crossdock-only-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A program that has the folder it is given, and stays. */
const holds = `
  import { onlyHere } from './local/only-here.ts'
  await onlyHere(process.argv[1])
  process.stdout.write('{}\\n')
  setInterval(() => {}, 1000)`

test('a folder is had by one at a time, whatever name it is called by', async () => {
  const first = await onlyHere(join(folder, 'data'))
  await expect(onlyHere(join(folder, 'other', '..', 'data'))).rejects.toThrow(
    'is in use by another npm start; stop that, or choose another with --data',
  )
  const other = await onlyHere(join(folder, 'other'))
  first.release()
  const second = await onlyHere(join(folder, 'data'))
  second.release()
  other.release()
})

test('a killed process releases its folder', async () => {
  const dataDir = join(folder, 'killed')
  const holder = run(process.execPath, ['--input-type=module', '-e', holds, dataDir])
  await holder.firstLine
  await expect(onlyHere(dataDir)).rejects.toThrow('is in use')
  holder.child.kill('SIGKILL')
  await holder.ended
  const { release } = await onlyHere(dataDir)
  release()
})

test('what cannot be a folder is refused in words', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  await expect(onlyHere(file)).rejects.toThrow(
    `${file} cannot be used for data (EEXIST); choose another with --data`,
  )
})
