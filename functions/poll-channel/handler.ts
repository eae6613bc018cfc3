import type { Context } from 'aws-lambda'
import { oncePerSchedule } from './deps.ts'

export const handler = (event: unknown, context: Context) => oncePerSchedule(event, context)
