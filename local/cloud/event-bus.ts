import { randomUUID } from 'node:crypto'
import type { AsyncInvoker } from './async-invoke.ts'
import type { Place } from './attributes.ts'
import { type AwsService, jsonAnswer, jsonError } from './aws-call.ts'
import { matches } from './event-pattern.ts'
import type { Faults } from './faults.ts'
import type { Observe } from './happening.ts'
import { per64Kb } from './meter.ts'
import type { Queues } from './queues.ts'
import type { TimeScale } from './time-scale.ts'

/** One rule of a bus. */
export interface Rule {
  readonly name: string
  readonly arn: string
  readonly busName: string
  readonly pattern: Readonly<Record<string, unknown>>
  readonly targets: readonly Target[]
}

export interface Target {
  readonly arn: string
  /** Set when the target is a function. */
  readonly functionName: string | undefined
  readonly input: string | undefined
  readonly inputPath: string | undefined
  readonly groupId: string | undefined
  readonly maxRetries: number
  /** Seconds of the cloud. */
  readonly maxAge: number
  readonly deadLetters: string | undefined
}

export interface EventBus {
  readonly service: AwsService
  /** Puts an event of an AWS service onto the default bus. */
  putServiceEvent(event: {
    readonly source: string
    readonly detailType: string
    readonly detail: object
  }): void
  /** True while a delivery is being tried again. */
  busy(): boolean
}

interface Given {
  readonly place: Place
  readonly buses: readonly string[]
  readonly rules: readonly Rule[]
  readonly queues: Queues
  readonly functions: AsyncInvoker
  readonly time: TimeScale
  readonly observe: Observe
  readonly faults: Faults
  readonly signal: AbortSignal
}

type Entry = Readonly<Record<string, unknown>>

/** The buses: what matches a rule is at its targets before `PutEvents` is answered, or is tried again. */
export function openEventBus(given: Given): EventBus {
  let retrying = 0
  const deliver = (rule: Rule, target: Target, event: Readonly<Record<string, unknown>>): void => {
    const problem = tryDelivery(target, event, given)
    if (problem === undefined) return
    retrying += 1
    retry(rule, target, { event, problem }, given)
      .catch((error: Error) =>
        given.observe({ kind: 'trouble', where: rule.name, message: error.message }),
      )
      .finally(() => {
        retrying -= 1
      })
  }
  const put = (entry: Entry): Readonly<Record<string, unknown>> => {
    const event = eventOf(entry, given.place)
    if ('ErrorCode' in event) return event
    const bus = busName(entry)
    const rules = given.rules.filter((rule) => rule.busName === bus && matches(rule.pattern, event))
    given.observe({
      kind: 'event',
      bus,
      source: String(event['source']),
      detailType: String(event['detail-type']),
      rules: rules.map(({ name }) => name),
    })
    for (const rule of rules) {
      for (const target of rule.targets) {
        if (given.faults.strikes('event twice', rule.name)) deliver(rule, target, event)
        deliver(rule, target, event)
      }
    }
    return { EventId: event['id'] }
  }
  return {
    busy: () => retrying > 0,
    putServiceEvent: ({ source, detailType, detail }) => {
      put({ Source: source, DetailType: detailType, Detail: JSON.stringify(detail) })
    },
    service: {
      needs: ({ json }) =>
        entriesOf(json).map((entry) => ({
          action: 'events:PutEvents',
          resource: `arn:aws:events:${given.place.region}:${given.place.account}:event-bus/${busName(entry)}`,
          context: {
            'events:source': [String(entry['Source'])],
            'events:detail-type': [String(entry['DetailType'])],
          },
        })),
      denied: (message) => jsonError('AccessDeniedException', message),
      answer: async ({ action, json, body }) => {
        if (action !== 'PutEvents') {
          return jsonError('UnknownOperationException', `${action} is not supported`)
        }
        const entries = entriesOf(json)
        const missing = entries.map(busName).find((bus) => !given.buses.includes(bus))
        if (missing !== undefined) {
          return jsonError('ResourceNotFoundException', `Event bus ${missing} does not exist.`)
        }
        if (entries.length < 1 || entries.length > 10) {
          return jsonError('ValidationException', 'PutEvents takes 1 to 10 entries.')
        }
        if (body.length > entriesLimit) {
          return jsonError(
            'ValidationException',
            'Total size of the entries in the request is over the limit.',
          )
        }
        const Entries = entries.map(put)
        const FailedEntryCount = Entries.filter((one) => 'ErrorCode' in one).length
        return jsonAnswer(200, { FailedEntryCount, Entries })
      },
    },
  }
}

/** Since January 2026 all entries of a request together may have 1 MB. */
const entriesLimit = 1024 * 1024

function entriesOf(json: Readonly<Record<string, unknown>>): readonly Entry[] {
  return Array.isArray(json['Entries']) ? json['Entries'] : []
}

function busName(entry: Entry): string {
  const name = entry['EventBusName']
  return typeof name === 'string' ? (name.split('/').at(-1) ?? name) : 'default'
}

function eventOf(entry: Entry, place: Place): Readonly<Record<string, unknown>> {
  for (const name of ['Source', 'DetailType', 'Detail']) {
    if (entry[name]) continue
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
    }
  }
  const detail = parseObject(String(entry['Detail']))
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
  const time = typeof entry['Time'] === 'number' ? new Date(entry['Time'] * 1_000) : new Date()
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': entry['DetailType'],
    source: entry['Source'],
    account: place.account,
    time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: place.region,
    resources: entry['Resources'] ?? [],
    detail,
  }
}

function parseObject(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && !Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** Delivers at once; what stands in the way comes back as text. */
function tryDelivery(
  target: Target,
  event: Readonly<Record<string, unknown>>,
  given: Given,
): string | undefined {
  const body = inputOf(target, event)
  if (target.functionName !== undefined) {
    given.functions.accept(target.functionName, body)
    return undefined
  }
  try {
    given.queues.send(target.arn, {
      body,
      ...(target.groupId === undefined ? {} : { groupId: target.groupId }),
    })
    given.observe({ kind: 'billed', charge: 'queue-requests', units: per64Kb(body.length) })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function inputOf(target: Target, event: Readonly<Record<string, unknown>>): string {
  if (target.input !== undefined) return target.input
  const path = target.inputPath?.split('.').slice(1) ?? []
  const part = path.reduce<unknown>((value, name) => Object(value)[name], event)
  return JSON.stringify(part ?? null)
}

async function retry(
  rule: Rule,
  target: Target,
  failed: { readonly event: Readonly<Record<string, unknown>>; readonly problem: string },
  given: Given,
): Promise<void> {
  const since = Date.now()
  let problem = failed.problem
  let attempt = 0
  const tooOld = () => Date.now() - since > given.time.ms(target.maxAge * 1_000)
  while (attempt < target.maxRetries && !tooOld()) {
    attempt += 1
    await given.time.wait(Math.min(1_000 * 2 ** attempt, 600_000), given.signal)
    if (given.signal.aborted) return
    const again = tryDelivery(target, failed.event, given)
    if (again === undefined) return
    problem = again
  }
  giveUp(rule, target, { event: failed.event, problem, attempt }, given)
}

function giveUp(
  rule: Rule,
  target: Target,
  failed: {
    readonly event: Readonly<Record<string, unknown>>
    readonly problem: string
    readonly attempt: number
  },
  given: Given,
): void {
  const { problem } = failed
  if (target.deadLetters === undefined) {
    const message = `an event was dropped: ${problem}`
    given.observe({ kind: 'trouble', where: rule.name, message })
    return
  }
  const exhausted =
    failed.attempt >= target.maxRetries ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds'
  const text = (StringValue: string) => ({ DataType: 'String', StringValue })
  const messageId = given.queues.send(target.deadLetters, {
    body: JSON.stringify(failed.event),
    attributes: {
      RULE_ARN: text(rule.arn),
      TARGET_ARN: text(target.arn),
      ERROR_CODE: text('SDK_CLIENT_ERROR'),
      ERROR_MESSAGE: text(problem),
      EXHAUSTED_RETRY_CONDITION: text(exhausted),
      RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(failed.attempt) },
    },
  })
  const to = target.deadLetters
  given.observe({ kind: 'dead-letter', from: rule.name, to, messageId, reason: problem })
}
