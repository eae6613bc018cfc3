import type { Files } from '../../domain/ports.ts'
import { getObject, putObject } from '../http/aws.ts'

/** Files in a bucket. */
export const s3Files = (bucket: string): Files => ({
  read: (key) => getObject(bucket, key),
  write: (key, { text, type }) =>
    putObject(bucket, key, { body: new TextEncoder().encode(text), type }),
})
