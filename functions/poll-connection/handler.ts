import type { Context } from 'aws-lambda'
import { guarded } from '../../platform/wiring/guarded.ts'
import { oncePerSchedule } from './deps.ts'

export const handler = guarded((event: unknown, context: Context) =>
  oncePerSchedule(event, context),
)
