import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { published } from '../lib/published.ts'

const root = join(import.meta.dirname, '..')
for (const [name, document] of Object.entries(published())) {
  const file = join(root, 'docs', name)
  writeFileSync(file, JSON.stringify(document))
  execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', file])
}
