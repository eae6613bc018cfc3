import { AwsClient } from 'aws4fetch'

const region = process.env['AWS_REGION'] ?? 'us-east-1'
/** Set where AWS is not AWS: an emulator, or the laptop's cloud. */
const endpoint = process.env['AWS_ENDPOINT_URL']

type Service = 'secretsmanager' | 'sqs' | 's3'

const signers = new Map<Service, AwsClient>()

/** Signs requests with the function's own credentials; a few KB where an SDK client is hundreds. */
function signer(service: Service): AwsClient {
  const known = signers.get(service)
  if (known) return known
  const made = new AwsClient({
    accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(process.env['AWS_SESSION_TOKEN'] && { sessionToken: process.env['AWS_SESSION_TOKEN'] }),
    service,
    region,
    retries: 3,
    initRetryMs: 50,
  })
  signers.set(service, made)
  return made
}

interface JsonCall {
  readonly service: Service
  /** For example `AmazonSQS.SendMessage`. */
  readonly target: string
  readonly version: '1.0' | '1.1'
  readonly body: unknown
}

/** One call of AWS's JSON protocol. Throws with the service's own error code. */
export async function callAws({ service, target, version, body }: JsonCall): Promise<unknown> {
  const response = await signer(service).fetch(
    endpoint ?? `https://${service}.${region}.amazonaws.com/`,
    {
      method: 'POST',
      headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': target },
      body: JSON.stringify(body),
    },
  )
  const text = await response.text()
  if (!response.ok) throw new Error(`${target} answered ${response.status}: ${text.slice(0, 300)}`)
  return text === '' ? {} : JSON.parse(text)
}

/** Stores one object. */
export async function putObject(
  bucket: string,
  key: string,
  object: { readonly body: Uint8Array<ArrayBuffer>; readonly type: string },
): Promise<void> {
  const response = await signer('s3').fetch(urlOf(bucket, key), {
    method: 'PUT',
    headers: { 'content-type': object.type },
    body: object.body,
  })
  if (!response.ok) throw new Error(`PutObject answered ${response.status}`)
  await response.arrayBuffer()
}

/** Reads one object, in pieces as they arrive. */
export async function getObject(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>> {
  const response = await signer('s3').fetch(urlOf(bucket, key))
  if (!response.ok || !response.body) throw new Error(`GetObject answered ${response.status}`)
  return response.body
}

function urlOf(bucket: string, key: string): string {
  const base = endpoint ? `${endpoint}/${bucket}` : `https://${bucket}.s3.${region}.amazonaws.com`
  return `${base}/${key.split('/').map(encodeURIComponent).join('/')}`
}
