import type { Rule, Target } from '../local/cloud/event-bus.ts'
import { matches } from '../local/cloud/event-pattern.ts'
import type { Weather } from './environment.ts'
import type { Queue } from './queues.ts'

export interface Entry {
  readonly EventBusName: string
  readonly Source: string
  readonly DetailType: string
  readonly Detail: string
}

type Queues = ReadonlyMap<string, Queue>

/** Seconds between two attempts at a target that does not take it. */
const retrySeconds = 60

/** Brings events to the targets of the rules that match them: at least once, in no order, tried again where a target fails. */
export function bus(rules: readonly Rule[], queues: Queues, { time, draw, faults }: Weather) {
  const deliver = (target: Target, body: string, tries: number): void => {
    const queue = queues.get(target.arn)
    if (!queue) throw new Error(`no queue is ${target.arn}`)
    if (!faults.happens('event undelivered', queue.name)) {
      queue.send(body, { group: target.groupId })
    } else if (tries < target.maxRetries) {
      time.after(retrySeconds * 1000 * draw('next try'), () => deliver(target, body, tries + 1))
    } else queues.get(target.deadLetters ?? '')?.send(body)
  }
  const route = (entry: Entry): void => {
    const detail: unknown = JSON.parse(entry.Detail)
    const event = { source: entry.Source, 'detail-type': entry.DetailType, detail }
    for (const rule of rules.filter((one) => one.busName === entry.EventBusName)) {
      if (!matches(rule.pattern, event)) continue
      for (const target of rule.targets) {
        const late = faults.happens('event late', rule.name) ? 600_000 * draw('how late') : 0
        const body = JSON.stringify(target.inputPath === '$.detail' ? detail : event)
        time.after(late + 200 * draw('bus'), () => deliver(target, body, 0))
      }
    }
  }
  return {
    put(entries: readonly Entry[]): readonly { readonly EventId?: string; ErrorCode?: string }[] {
      return entries.map((entry) => {
        if (faults.happens('event refused', entry.DetailType))
          return { ErrorCode: 'InternalFailure' }
        route(entry)
        if (faults.happens('event twice', entry.DetailType)) route(entry)
        return { EventId: 'simulated' }
      })
    },
  }
}

export type Bus = ReturnType<typeof bus>
