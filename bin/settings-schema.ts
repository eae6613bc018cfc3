import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingsSchema } from '../lib/settings/settings-schema.ts'

const file = join(import.meta.dirname, '../settings/settings.schema.json')
writeFileSync(file, `${JSON.stringify(settingsSchema(), null, 2)}\n`)
