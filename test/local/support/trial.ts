import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, type CloudOptions, startCloud } from '../../../local/cloud/cloud.ts'
import type { Happening } from '../../../local/cloud/happening.ts'
import { look } from '../../support/patience.ts'

// Inside the project, so that the handlers find the SDK.
const cache = join(import.meta.dirname, '../../../.cache/trial')

/** The assembly of `synthesize.ts`, written once for each version of it. */
export async function trialAssembly(): Promise<string> {
  const script = join(import.meta.dirname, 'synthesize.ts')
  const handlers = join(import.meta.dirname, 'handlers')
  const sources = [
    script,
    ...readdirSync(handlers).map((name) => join(handlers, name, 'index.cjs')),
  ]
  const hash = createHash('sha256')
  for (const source of sources) hash.update(readFileSync(source))
  const directory = join(cache, hash.digest('hex').slice(0, 12))
  if (existsSync(directory)) return directory
  const fresh = `${directory}-${randomUUID()}`
  await promisify(execFile)(process.execPath, [script, fresh])
  try {
    renameSync(fresh, directory)
  } catch {
    // Another test file was faster.
    rmSync(fresh, { recursive: true })
  }
  return directory
}

/** A template as JSON, to be changed in place. */
export interface EditableTemplate {
  // biome-ignore lint/suspicious/noExplicitAny: a test reaches into a template's JSON wherever it likes.
  Resources: Record<string, { Type: string; Properties: any }>
  Outputs?: Record<string, unknown>
}

/** A copy of the assembly with a template changed; remove it with `rmSync`. */
export function changed(
  assembly: string,
  stack: 'State' | 'Work',
  change: (template: EditableTemplate) => void,
): string {
  const copy = join(cache, `changed-${randomUUID()}`)
  cpSync(assembly, copy, { recursive: true })
  const stage = join(copy, 'assembly-Trial')
  const name = readdirSync(stage).find(
    (file) => file.startsWith(`Trial${stack}`) && file.endsWith('.template.json'),
  )
  const path = join(stage, name ?? '')
  const template: EditableTemplate = JSON.parse(readFileSync(path, 'utf8'))
  change(template)
  writeFileSync(path, JSON.stringify(template))
  return copy
}

/** A fresh directory for a cloud's data. */
export function dataDirectory(): string {
  const directory = join(cache, `data-${randomUUID()}`)
  mkdirSync(directory, { recursive: true })
  return directory
}

/** A running cloud with what it said and clients of an operator. */
export interface Trial {
  readonly cloud: Cloud
  readonly happenings: Happening[]
  readonly dynamodb: DynamoDBClient
  readonly sqs: SQSClient
  readonly s3: S3Client
  readonly bridge: EventBridgeClient
  /** Physical name of the resource whose logical id begins so. */
  name(id: string): string
  arn(id: string): string
  queueUrl(id: string): string
  webhook(body: unknown, headers?: Record<string, string>): Promise<Response>
  /** Waits until the condition gives something. */
  until<T>(what: string, condition: () => Promise<T | undefined> | T | undefined): Promise<T>
  quiet(): Promise<void>
  close(): Promise<void>
}

/** Starts the trial assembly with waits twenty times shorter than real ones. */
/** The trial's waits are a twentieth of AWS's. */
const patience = { everyMs: 10, looks: 1000 }

export async function startTrial(options: Partial<CloudOptions> = {}): Promise<Trial> {
  const happenings: Happening[] = []
  const cloud = await startCloud({
    assembly: options.assembly ?? (await trialAssembly()),
    secrets: { 'trial/one': '{"token":"s3cret"}' },
    timeScale: 0.05,
    observe: (happening) => happenings.push(happening),
    ...options,
  })
  const { accessKeyId, secretAccessKey } = cloud.operator
  const client = {
    endpoint: cloud.awsUrl,
    region: cloud.region,
    credentials: { accessKeyId, secretAccessKey },
  }
  const dynamodb = new DynamoDBClient(client)
  const sqs = new SQSClient(client)
  const s3 = new S3Client(client)
  const bridge = new EventBridgeClient(client)
  const find = (id: string) => {
    const found = cloud
      .resources()
      .find((resource) => resource.id.replace(/[0-9A-F]{8}$/, '') === id)
    if (!found) throw new Error(`no resource ${id}`)
    return found
  }
  const until: Trial['until'] = async (what, condition) => {
    const value = await look(async () => (await condition()) || undefined, patience)
    if (!(value instanceof Error)) return value
    throw new Error(`waited in vain for ${what}: ${JSON.stringify(happenings.slice(-5))}`)
  }
  return {
    cloud,
    happenings,
    dynamodb,
    sqs,
    s3,
    bridge,
    until,
    name: (id) => find(id).name,
    arn: (id) => find(id).arn,
    queueUrl: (id) => `${cloud.awsUrl}/${cloud.account}/${find(id).name}`,
    webhook: (body, headers = {}) =>
      fetch(`${cloud.apiUrl}/webhooks/shopify/demo-store`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    quiet: () => until('quiet', () => cloud.idle() || undefined).then(() => {}),
    close: async () => {
      for (const one of [dynamodb, sqs, s3, bridge]) one.destroy()
      await cloud.close()
    },
  }
}
