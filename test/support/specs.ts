import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const root = join(import.meta.dirname, '../../../shared/specs')

/**
 * Tests against a vendor's own contract, read in place. Where it is absent they skip with a line that says so,
 * except in CI, where they fail.
 */
export function withSpec(path: string, tests: (text: string) => void): void {
  const file = join(root, path)
  if (existsSync(file)) {
    const bytes = readFileSync(file)
    tests((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
  } else if (process.env['CI']) {
    test(`against ${path}`, () => {
      throw new Error(`${file} is absent`)
    })
  } else {
    process.stderr.write(`skipped what is tested against ${path}: ${file} is absent\n`)
    test.skip(`against ${path}`, () => undefined)
  }
}
