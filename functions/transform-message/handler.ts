import type { SQSEvent } from 'aws-lambda'
import { perMessage } from '../../platform/sqs/per-message.ts'
import { guarded } from '../../platform/wiring/guarded.ts'
import { archive, depsOfBatch } from './deps.ts'
import { recordDeadLetter } from './record-dead-letter.ts'
import { transformMessage } from './transform-message.ts'

/** A message leaves the queue only after it is both archived and processed. */
export const handler = guarded(async (event: SQSEvent) => {
  const deps = depsOfBatch()
  const settle = perMessage({
    work: (body) => transformMessage(body, deps),
    onFinalFailure: (body, reason) => recordDeadLetter(body, reason, deps),
  })
  const [settled] = await Promise.all([settle(event), archive(event, deps)])
  return settled
})
