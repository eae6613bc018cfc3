import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { getObject, listObjects, putObject } from '../http/aws.ts'

const zip = promisify(gzip)
const unzip = promisify(gunzip)

/** Texts in a bucket by name; names that end in `.gz` are compressed. */
export const s3Store = (bucket: string) => ({
  list: (beginning: string, after?: string) => listObjects(bucket, { beginning, after }),

  async read(name: string): Promise<string> {
    const pieces: Uint8Array[] = []
    for await (const piece of await getObject(bucket, name)) pieces.push(piece)
    const bytes = Buffer.concat(pieces)
    return (name.endsWith('.gz') ? await unzip(bytes) : bytes).toString('utf8')
  },

  async write(name: string, text: string): Promise<void> {
    const zipped = name.endsWith('.gz')
    await putObject(bucket, name, {
      body: new Uint8Array(zipped ? await zip(text) : Buffer.from(text)),
      type: zipped ? 'application/gzip' : 'application/json',
    })
  },
})
