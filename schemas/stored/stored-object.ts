import { z } from 'zod'

/**
 * A stored record or part of one. Unknown fields are kept: during a deployment, older workers read and write records
 * of newer ones.
 */
export const storedObject = <S extends z.ZodRawShape>(shape: S): z.ZodObject<S> =>
  kept(z.object(shape))

/** The same for a schema defined elsewhere. */
export const kept = <T extends z.ZodObject>(schema: T): T =>
  // The type omits unknown fields because no code here uses them.
  schema.loose() as unknown as T
