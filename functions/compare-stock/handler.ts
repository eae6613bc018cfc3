import type { Context } from 'aws-lambda'
import { compareStock } from './compare-stock.ts'
import { depsFor } from './deps.ts'

export const handler = (_event: unknown, context: Context) => compareStock(depsFor(context))
