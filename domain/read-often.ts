import { z } from 'zod'
import type { Failure } from './failure.ts'
import { read } from './parse.ts'
import type { Result } from './result.ts'

/** `read` for what comes by the thousand: zod compiles its schema in a process that has much to read, to a quarter of its CPU. */
export function readOften<T extends z.ZodType>(
  schema: T,
  value: unknown,
): Result<z.infer<T>, Failure> {
  return read(quickened(schema), value)
}

interface Use {
  reads: number
  quick?: z.ZodType
}

const uses = new WeakMap<z.ZodType, Use>()

/** Compiling takes as much as it saves in a few thousand reads, which a process that read so many will see. */
const many = 200

function quickened<T extends z.ZodType>(schema: T): T {
  const use = uses.get(schema) ?? { reads: 0 }
  if (use.reads === 0) uses.set(schema, use)
  use.reads += 1
  if (use.reads === many) use.quick = z.compile(schema)
  // It is kept under the very schema that it was made of.
  return (use.quick as T | undefined) ?? schema
}
