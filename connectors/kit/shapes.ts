import { z } from 'zod'

/** Text that may be missing. */
export const Text = z.string().nullish()

/** Fields that are texts and may be missing. */
export const texts = <K extends string>(...names: readonly K[]) =>
  Object.fromEntries(names.map((name) => [name, Text])) as Record<K, typeof Text>

export const Moment = z.iso.datetime({ offset: true })

export const Amount = z.string().regex(/^-?\d{1,13}(\.\d*)?$/, 'is not a decimal amount')
