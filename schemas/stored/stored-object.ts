import { z } from 'zod'

/**
 * A record as it is stored, or a part of one. Fields that this version does not know are kept: while a deployment replaces workers, an
 * older one reads and writes what a newer one wrote.
 */
export const storedObject = <S extends z.ZodRawShape>(shape: S): z.ZodObject<S> =>
  kept(z.object(shape))

/** The same for a part that other schemas describe. */
export const kept = <T extends z.ZodObject>(schema: T): T =>
  // The type leaves out what is not known, because nobody here can use it.
  schema.loose() as unknown as T
