import type { AwsCall, AwsService } from './aws-call.ts'
import type { EventBus } from './event-bus.ts'
import type { Fauxqs } from './fauxqs-stores.ts'
import type { Model } from './model.ts'
import type { Question } from './policy.ts'
import { inject } from './queues.ts'

/** Creates the buckets of the model, serves S3's path-style REST protocol, and tells EventBridge of new objects. */
export function openBuckets(
  model: Model,
  fauxqs: Fauxqs,
  bus: Pick<EventBus, 'putServiceEvent'>,
): AwsService {
  for (const { attributes } of model.of('AWS::S3::Bucket')) {
    if (!fauxqs.s3.hasBucket(attributes.Ref)) fauxqs.s3.createBucket(attributes.Ref)
  }
  const telling = new Set(
    model
      .of('AWS::S3::Bucket')
      .filter(({ properties }) => {
        const { EventBridgeConfiguration } = properties.NotificationConfiguration ?? {}
        return EventBridgeConfiguration?.EventBridgeEnabled === true
      })
      .map(({ attributes }) => attributes.Ref),
  )
  return {
    needs: (call) => [needOf(call)],
    answer: async (call) => {
      const answer = await inject(fauxqs, call)
      const { bucket, key } = placeOf(call)
      if (answer.status === 200 && isUpload(call) && key !== '' && telling.has(bucket)) {
        bus.putServiceEvent(objectCreated(call, fauxqs.s3.getObject(bucket, key), { bucket, key }))
      }
      return answer
    },
    denied: (message) => ({
      status: 403,
      headers: { 'content-type': 'application/xml' },
      body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>${escapeXml(message)}</Message></Error>`,
    }),
  }
}

const objectActions: Readonly<Record<string, string>> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  POST: 's3:PutObject',
  DELETE: 's3:DeleteObject',
}

const bucketActions: Readonly<Record<string, string>> = {
  GET: 's3:ListBucket',
  HEAD: 's3:ListBucket',
  PUT: 's3:CreateBucket',
  POST: 's3:DeleteObject',
  DELETE: 's3:DeleteBucket',
}

interface Place {
  readonly bucket: string
  readonly key: string
}

function placeOf({ url }: AwsCall): Place {
  const [, bucket = '', ...key] = decodeURIComponent(url.split('?')[0] ?? '').split('/')
  return { bucket, key: key.join('/') }
}

/** One PUT of the whole, or the end of an upload in parts. */
const isUpload = ({ method, url }: AwsCall): boolean =>
  method === 'PUT' ? !/[?&]partNumber=/.test(url) : method === 'POST' && /[?&]uploadId=/.test(url)

type Kept = ReturnType<Fauxqs['s3']['getObject']>

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const objectCreated = ({ method }: AwsCall, kept: Kept, { bucket, key }: Place) => ({
  source: 'aws.s3',
  detailType: 'Object Created',
  detail: {
    version: '0',
    bucket: { name: bucket },
    object: {
      key,
      size: kept.body.length,
      etag: kept.etag.replaceAll('"', ''),
      sequencer: Date.now().toString(16).toUpperCase(),
    },
    reason: method === 'PUT' ? 'PutObject' : 'CompleteMultipartUpload',
  },
})

function needOf(call: AwsCall): Question {
  const { method } = call
  const { bucket, key: path } = placeOf(call)
  if (bucket === '') return { action: 's3:ListAllMyBuckets', resource: '*' }
  if (path === '') {
    return { action: bucketActions[method] ?? `s3:${method}`, resource: `arn:aws:s3:::${bucket}` }
  }
  return {
    action: objectActions[method] ?? `s3:${method}`,
    resource: `arn:aws:s3:::${bucket}/${path}`,
  }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
