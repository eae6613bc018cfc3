import { z } from 'zod'

/** A connection of this plug has no fields of its own: there is no system behind it to call. */
export const DirectSettings = z.strictObject({})
