import { z } from 'zod'

/** A connection of this connector has no fields of its own: there is no system behind it to call. */
export const DirectSettings = z.strictObject({})
