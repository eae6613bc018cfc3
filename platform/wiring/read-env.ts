import type { z } from 'zod'
import { Fault } from '../../domain/fault.ts'

/** Parses the environment once, at cold start, and names every variable that is wrong. */
export function readEnv<T extends z.ZodType>(schema: T): z.infer<T> {
  const parsed = schema.safeParse(process.env)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Fault(`bad environment: ${wrong.join('; ')}`)
}
