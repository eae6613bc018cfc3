import type { Readable } from 'node:stream'

/** All of a body, or an error once it is longer than `most` bytes; events take less than the stream's iterator or a pipeline. */
export function bodyOf(body: Readable, most = Number.POSITIVE_INFINITY): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    body.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size <= most) chunks.push(chunk)
      else body.destroy(new TooLong())
    })
    body.on('end', () => resolve(Buffer.concat(chunks)))
    body.on('error', reject)
  })
}

/** Somebody sent more than anybody wants to hold. */
export class TooLong extends Error {
  override readonly name = 'TooLong'
}
