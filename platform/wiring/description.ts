import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Description } from '../../schemas/api/openapi.ts'

/** The API in OpenAPI, which lib/bundle.ts laid beside the bundle. */
export const readDescription = (
  folder: string = process.env['LAMBDA_TASK_ROOT'] ?? '.',
): Description => JSON.parse(readFileSync(join(folder, 'openapi.json'), 'utf8')) as Description
