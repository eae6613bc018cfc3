import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../../domain/fault.ts'
import type { Connection, ResolvedSettings } from '../../schemas/settings.ts'

/** The document that synth validated and laid beside the bundle. */
export function readSettings(
  folder: string = process.env['LAMBDA_TASK_ROOT'] ?? '.',
): ResolvedSettings {
  // Written by lib/bundle.ts from the schema's own output; parsing it again would cost a cold start for nothing.
  return JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as ResolvedSettings
}

export function connectionOf({ connections }: ResolvedSettings, id: string): Connection {
  const found = connections.find((connection) => connection.id === id)
  if (!found)
    throw new Fault(
      `no connection "${id}" in settings.json; deploy the stacks and functions together`,
    )
  return found
}
