import type { AwsCall, AwsService } from './aws-call.ts'
import type { Fauxqs } from './fauxqs-stores.ts'
import type { Model } from './model.ts'
import type { Question } from './policy.ts'
import { inject } from './queues.ts'

/** Creates the buckets of the model and serves S3's path-style REST protocol. */
export function openBuckets(model: Model, fauxqs: Fauxqs): AwsService {
  for (const { attributes } of model.of('AWS::S3::Bucket')) {
    if (!fauxqs.s3.hasBucket(attributes.Ref)) fauxqs.s3.createBucket(attributes.Ref)
  }
  return {
    needs: (call) => [needOf(call)],
    answer: (call) => inject(fauxqs, call),
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

function needOf({ method, url }: AwsCall): Question {
  const [, bucket = '', ...key] = decodeURIComponent(url.split('?')[0] ?? '').split('/')
  const path = key.join('/')
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
