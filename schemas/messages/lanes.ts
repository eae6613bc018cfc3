import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'

/** The queue that leads to each channel, as JSON: what an environment variable can hold. */
export const Lanes = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.record(ConnectionId, z.url()))
