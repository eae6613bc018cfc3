import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'

const inflate = promisify(gunzip)

/** Ten times the endpoint's maximum body size. */
const maxOutputLength = 10_000_000

/** The raw body of a message from gzip in base64. */
export async function unzip(body: string): Promise<Result<string, Failure>> {
  try {
    const raw = await inflate(Buffer.from(body, 'base64'), { maxOutputLength })
    return ok(raw.toString('utf8'))
  } catch {
    return err(except('unreadable-payload', 'the body cannot be unzipped'))
  }
}
