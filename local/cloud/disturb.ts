import { type AwsAnswer, type AwsCall, jsonAnswer, jsonError } from './aws-call.ts'
import type { Faults } from './faults.ts'
import { partOf } from './partly.ts'

/** Whose call it is, and how to end it. */
interface Disturbed {
  readonly functionName: string
  readonly kill: () => void
  readonly faults: Faults
}

type Answer = (call: AwsCall) => Promise<AwsAnswer>

/** Answers a call, unless a fault strikes: refused, done in part, done and not answered, or the caller dies of it. */
export async function disturb(
  call: AwsCall,
  answer: Answer,
  { functionName, kill, faults }: Disturbed,
): Promise<AwsAnswer> {
  const where = `${call.action || call.method} of ${functionName}`
  const half = faults.strikes('killed', where) ? faults.draw('half-way') : undefined
  if (half !== undefined && half < 0.5) {
    kill()
    return busy
  }
  const refusal = faults.strikes('aws busy', where) ? busy : refusedByTable(call, where, faults)
  if (refusal) return refusal
  const part = partOf(call)
  const given =
    part && faults.strikes('done in part', where) ? await part(answer) : await answer(call)
  if (half !== undefined) kill()
  return faults.strikes('aws answer lost', where) ? busy : given
}

/** Every service says so in words of its own, and every client looks at the status only. */
const busy = jsonError('InternalServerError', 'The request could not be served.', 500)

const transactions = /^Transact(Write|Get)Items$/
const writes = /^(Put|Update|Delete)Item$/
const throttleable = /^(Get|Put|Update|Delete)Item$|^(Query|Scan)$|^Batch(Get|Write)Item$|^Transact/

function refusedByTable(call: AwsCall, where: string, faults: Faults): AwsAnswer | undefined {
  const { action } = call
  if (!throttleable.test(action)) return undefined
  if (faults.strikes('table throttled', where)) {
    return transactions.test(action) ? cancelled(call, 'ThrottlingError', throttled) : tooMuch
  }
  const conflicting = transactions.test(action) || writes.test(action)
  if (!conflicting || !faults.strikes('transaction conflict', where)) return undefined
  return transactions.test(action) ? cancelled(call, 'TransactionConflict', ongoing) : conflict
}

const throttled = 'The level of configured provisioned throughput for the table was exceeded.'
const ongoing = 'Transaction is ongoing for the item'
const tooMuch = jsonError('ProvisionedThroughputExceededException', throttled)
const conflict = jsonError('TransactionConflictException', ongoing)

/** One item of the transaction is to blame. */
function cancelled({ json }: AwsCall, Code: string, Message: string): AwsAnswer {
  const items = Array.isArray(json['TransactItems']) ? json['TransactItems'] : []
  const CancellationReasons = items.map((_, i) => (i === 0 ? { Code, Message } : { Code: 'None' }))
  const codes = CancellationReasons.map((reason) => reason.Code).join(', ')
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`
  return jsonAnswer(400, {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    Message: message,
    CancellationReasons,
  })
}
