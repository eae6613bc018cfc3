import type { IncomingHttpHeaders } from 'node:http'
import type { Question } from './policy.ts'

/** One request of an AWS client, before anybody looked whether it may. */
export interface AwsCall {
  /** Last part of `X-Amz-Target`, or the operation's name for S3. */
  readonly action: string
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** The body parsed once; undefined when it is not JSON. */
  readonly json: Readonly<Record<string, unknown>>
}

export interface AwsAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string
  /** What the call used, for `calls()`. */
  readonly capacityUnits?: number
}

/** One AWS service behind the gateway. */
export interface AwsService {
  /** What the caller's role must allow; empty when nothing is needed. */
  needs(call: AwsCall): readonly Question[]
  answer(call: AwsCall): Promise<AwsAnswer>
  /** The service's own words for a refusal. */
  denied(message: string): AwsAnswer
}

/** An answer of a JSON protocol. */
export function jsonAnswer(status: number, body: unknown, headers = {}): AwsAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', ...headers },
    body: JSON.stringify(body),
  }
}

/** An error of a JSON protocol; the SDK throws an exception of this name. */
export function jsonError(name: string, message: string, status = 400): AwsAnswer {
  return jsonAnswer(status, { __type: `com.amazonaws#${name}`, message, Message: message })
}
