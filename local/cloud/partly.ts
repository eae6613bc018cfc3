import { type AwsAnswer, type AwsCall, jsonAnswer } from './aws-call.ts'

type Json = Readonly<Record<string, unknown>>
type Answer = (call: AwsCall) => Promise<AwsAnswer>

/** A batch cut in two: what is done of it, and how its answer speaks of the rest. */
interface Cut {
  readonly done: Json
  readonly tell: (answer: Json) => Json
  /** The answer when nothing of it is done. */
  readonly nothing: Json | undefined
}

/** How a call that may be done in part is done in part: its first half. Undefined for calls that are whole or nothing. */
export function partOf(call: AwsCall): ((answer: Answer) => Promise<AwsAnswer>) | undefined {
  const cut = cuts[call.action]?.(call.json)
  if (!cut) return undefined
  return async (answer) => {
    if (cut.nothing) return jsonAnswer(200, cut.tell(cut.nothing))
    const body = Buffer.from(JSON.stringify(cut.done))
    const headers = { ...call.headers, 'content-length': String(body.length) }
    const { action, method, url } = call
    const reply = await answer({ action, method, url, headers, body, json: cut.done })
    if (reply.status !== 200) return reply
    return { ...reply, body: JSON.stringify(cut.tell(JSON.parse(reply.body.toString()))) }
  }
}

const cuts: Readonly<Record<string, (json: Json) => Cut | undefined>> = {
  BatchGetItem: (json) => cutTables(json, 'UnprocessedKeys'),
  BatchWriteItem: (json) => cutTables(json, 'UnprocessedItems'),
  SendMessageBatch: (json) =>
    cutEntries(json, { Successful: [] }, (answer, rest) => ({
      ...answer,
      Failed: [
        ...listOf(answer['Failed']),
        ...rest.map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' })),
      ],
    })),
  PutEvents: (json) =>
    cutEntries(json, { FailedEntryCount: 0, Entries: [] }, (answer, rest) => ({
      FailedEntryCount: Number(answer['FailedEntryCount']) + rest.length,
      Entries: [
        ...listOf(answer['Entries']),
        ...rest.map(() => ({ ErrorCode: 'InternalFailure', ErrorMessage: 'try again' })),
      ],
    })),
}

function cutEntries(
  json: Json,
  nothing: Json,
  tell: (answer: Json, rest: readonly Json[]) => Json,
): Cut {
  const entries = listOf(json['Entries'])
  const half = Math.floor(entries.length / 2)
  const rest = entries.slice(half)
  return {
    done: { ...json, Entries: entries.slice(0, half) },
    tell: (answer) => tell(answer, rest),
    nothing: half === 0 ? nothing : undefined,
  }
}

/** A batch of one thing is refused rather than left undone. */
function cutTables(json: Json, unprocessed: string): Cut | undefined {
  const all = Object.entries(Object(json['RequestItems'])).flatMap(([table, wanted]) =>
    thingsOf(wanted).map((thing) => ({ table, wanted, thing })),
  )
  const half = Math.floor(all.length / 2)
  if (half === 0) return undefined
  const byTable = (some: typeof all): Json =>
    Object.fromEntries(
      [...Map.groupBy(some, ({ table }) => table)].map(([table, its]) => {
        const things = its.map(({ thing }) => thing)
        const [{ wanted } = { wanted: [] }] = its
        return [table, Array.isArray(wanted) ? things : { ...Object(wanted), Keys: things }]
      }),
    )
  return {
    done: { ...json, RequestItems: byTable(all.slice(0, half)) },
    tell: (answer) => ({ ...answer, [unprocessed]: byTable(all.slice(half)) }),
    nothing: undefined,
  }
}

/** Keys to read, or writes. */
const thingsOf = (wanted: unknown): readonly Json[] =>
  listOf(Array.isArray(wanted) ? wanted : Object(wanted)['Keys'])

const listOf = (list: unknown): readonly Json[] => (Array.isArray(list) ? list : [])
