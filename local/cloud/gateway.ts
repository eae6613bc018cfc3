import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { AwsAnswer, AwsCall, AwsService } from './aws-call.ts'
import type { Observe } from './happening.ts'
import { billOf } from './meter.ts'
import type { Question } from './policy.ts'
import type { Access } from './roles.ts'

/** A function as the gateway knows it: by its access key. */
export interface Caller {
  readonly functionName: string
  readonly roleArn: string
}

/** How often a function asked what of which resource. */
export interface RecordedCall {
  /** The function's name, or `operator`. */
  readonly caller: string
  /** Service and operation, for example `dynamodb:TransactWriteItems`. */
  readonly action: string
  /** ARN of the table, index, queue, bus or bucket; several are separated by a blank. */
  readonly resource: string
  readonly count: number
  /** Items, entries and messages in these calls. */
  readonly items: number
  /** Capacity units that DynamoDB counted; 0 for other services. */
  readonly capacityUnits: number
}

export type Disturb = (
  call: AwsCall,
  answer: AwsService['answer'],
  caller: Caller,
) => Promise<AwsAnswer>

export interface Gateway {
  handle(request: IncomingMessage, response: ServerResponse): void
  calls(): readonly RecordedCall[]
}

/** The services by the first part of `X-Amz-Target`, or by the name in the credential's scope. */
export type Services = Readonly<Record<string, AwsService>>

/**
 * All AWS calls of all functions: looks the caller up by its access key, asks its role, passes the call on.
 * An access key that belongs to no function is the operator's, who may do everything.
 */
export function gateway(given: {
  readonly services: Services
  readonly callers: ReadonlyMap<string, Caller>
  readonly access: Access
  readonly observe: Observe
  /** Comes between a function's calls and their services. */
  readonly disturb?: Disturb | undefined
}): Gateway {
  const recorded = new Map<string, RecordedCall>()
  const answer = async (request: IncomingMessage, call: AwsCall): Promise<AwsAnswer> => {
    const scope = credentialOf(request)
    const name = serviceName(request, scope.service)
    const service = given.services[name]
    if (!service) return unknownService(name, call.action)
    const caller = given.callers.get(scope.accessKey)
    const needs = service.needs(call)
    const lacking = caller && needs.find((need) => !given.access.role(caller.roleArn, need))
    if (caller && lacking) return service.denied(tellDenied(caller, lacking))
    const reply =
      caller && given.disturb
        ? await given.disturb(call, service.answer, caller)
        : await service.answer(call)
    const action = record(recorded, caller?.functionName ?? 'operator', { call, needs, reply })
    // What an operator looks up is no part of what an order costs.
    for (const [charge, units] of caller && action ? billOf(action, call, reply) : []) {
      given.observe({ kind: 'billed', charge, units })
    }
    return reply
  }
  const tellDenied = (caller: Caller, { action, resource }: Question): string => {
    const message = `User: ${sessionOf(caller)} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`
    given.observe({ kind: 'denied', function: caller.functionName, action, resource, message })
    return message
  }
  return {
    calls: () => [...recorded.values()],
    handle: (request, response) => {
      readCall(request)
        .then((call) => answer(request, call))
        .then(
          (reply) => send(response, reply),
          (error: unknown) => {
            const message = error instanceof Error ? error.message : String(error)
            given.observe({ kind: 'trouble', where: `gateway ${request.url}`, message })
            send(response, {
              status: 500,
              headers: { 'content-type': 'application/x-amz-json-1.0' },
              body: JSON.stringify({ __type: 'InternalFailure', message }),
            })
          },
        )
    },
  }
}

/** As STS names the session of a function that has assumed its role. */
function sessionOf({ functionName, roleArn }: Caller): string {
  const session = roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')
  return `${session}/${functionName}`
}

async function readCall(request: IncomingMessage): Promise<AwsCall> {
  const body = await buffer(request)
  const { method = 'POST', url = '/', headers } = request
  const action =
    String(headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ?? ''
  let parsed: Readonly<Record<string, unknown>> | undefined
  return {
    action,
    method,
    url,
    headers,
    body,
    get json() {
      parsed ??= parseJson(body)
      return parsed
    },
  }
}

function parseJson(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body.toString()))
  } catch {
    return {}
  }
}

/** `AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, …`, or the same in a presigned URL. */
function credentialOf(request: IncomingMessage): {
  readonly accessKey: string
  readonly service: string
} {
  const header = request.headers.authorization ?? decodeURIComponent(request.url ?? '')
  const credential = /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(header)
  return { accessKey: credential?.[1] ?? '', service: credential?.[2] ?? '' }
}

function serviceName(request: IncomingMessage, scope: string): string {
  const target = request.headers['x-amz-target']
  return typeof target === 'string' ? (target.split('.')[0] ?? '') : scope
}

function unknownService(name: string, action: string): AwsAnswer {
  return {
    status: 501,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({
      __type: 'UnknownOperationException',
      message: `the local cloud has no ${name || 'unsigned'} service${action ? ` (${action})` : ''}`,
    }),
  }
}

/** Counts the call and returns its service and operation. */
function record(
  recorded: Map<string, RecordedCall>,
  caller: string,
  done: {
    readonly call: AwsCall
    readonly needs: readonly Question[]
    readonly reply: AwsAnswer
  },
): string | undefined {
  const { call, needs, reply } = done
  const [first] = needs
  if (!first) return undefined
  const action = call.action === '' ? first.action : `${first.action.split(':')[0]}:${call.action}`
  const resource = [...new Set(needs.map((need) => withoutKey(need.resource)))].join(' ')
  const key = `${caller} ${action} ${resource}`
  const before = recorded.get(key)
  const batch = call.action.endsWith('MessageBatch') ? call.json['Entries'] : needs
  recorded.set(key, {
    caller,
    action,
    resource,
    count: (before?.count ?? 0) + 1,
    items: (before?.items ?? 0) + (Array.isArray(batch) ? batch.length : 1),
    capacityUnits: (before?.capacityUnits ?? 0) + (reply.capacityUnits ?? 0),
  })
  return action
}

/** An object's ARN shortened to its bucket's. */
function withoutKey(arn: string): string {
  return arn.startsWith('arn:aws:s3:::') ? (arn.split('/')[0] ?? arn) : arn
}

function send(response: ServerResponse, reply: AwsAnswer): void {
  if (response.destroyed) return
  response.writeHead(reply.status, {
    ...reply.headers,
    'content-length': String(Buffer.byteLength(reply.body)),
  })
  response.end(reply.body)
}
