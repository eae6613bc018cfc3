import type { Readable } from 'node:stream'

/** A complete body, or an error once it exceeds `most` bytes; events use less CPU than an iterator or pipeline. */
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

/** The body exceeds the limit. */
export class TooLong extends Error {
  override readonly name = 'TooLong'
}
