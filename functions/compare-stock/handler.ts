import type { Context } from 'aws-lambda'
import { guarded } from '../../platform/wiring/guarded.ts'
import { compareStock } from './compare-stock.ts'
import { depsFor } from './deps.ts'

export const handler = guarded((_event: unknown, context: Context) =>
  compareStock(depsFor(context)),
)
