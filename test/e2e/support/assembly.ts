import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResolvedSettings } from '../../../schemas/settings.ts'
import { erp } from './outside.ts'

/** A copy of an assembly whose functions have other settings. */
export function withSettings(
  original: string,
  change: (settings: ResolvedSettings) => object,
): string {
  const copy = mkdtempSync(join(tmpdir(), 'crossdock-assembly-'))
  cpSync(original, copy, { recursive: true })
  for (const entry of readdirSync(copy, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('/settings.json')) continue
    const path = join(copy, entry)
    const settings: ResolvedSettings = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...settings, ...change(settings) }))
  }
  return copy
}

/** Routes by which a partner ships what the till sells. */
export const partnerShipsTill = ({ routes }: ResolvedSettings) => [
  { when: { channel: 'order-api/point-of-sale' }, erp, wms: 'generic-webhook/demo-partner' },
  ...routes,
]
