import { AwsClient } from 'aws4fetch'
import type { OpenedHub } from './open-hub.ts'
import { operator } from './outside.ts'

/** Every object of a bucket by its key, as whoever may do everything reads it. */
export async function objectsIn(
  { hub, ready }: OpenedHub,
  bucket: string,
): Promise<ReadonlyMap<string, Buffer>> {
  const found = hub.cloud
    .resources()
    .find(({ type, id }) => type === 'AWS::S3::Bucket' && id.startsWith(bucket))
  if (!found) throw new Error(`the stacks have no bucket ${bucket}`)
  const s3 = new AwsClient({ ...operator, service: 's3', region: 'us-east-1', retries: 0 })
  const get = async (path: string) =>
    Buffer.from(await (await s3.fetch(`${ready.aws}/${found.name}${path}`)).arrayBuffer())
  const listed = (await get('?list-type=2')).toString()
  const keys = [...listed.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key)
  return new Map(await Promise.all(keys.map(async (key) => [key, await get(`/${key}`)] as const)))
}
