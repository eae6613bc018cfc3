import { z } from 'zod'
import { Address } from '../canonical/order.ts'
import { Reference } from '../canonical/reference.ts'
import { ExceptionCode } from '../events/exception.ts'

const reason = z.string().min(1, 'write the reason; the timeline shows it').max(500)
const intentId = z.string().min(1)

/** What somebody found out about an effect whose end was not known. */
export const Answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('done'), reference: Reference }),
  z.object({ type: z.literal('refused'), reason }),
  /** It surely did not happen: it may be tried again. */
  z.object({ type: z.literal('not-done') }),
])
export type Answer = z.infer<typeof Answer>

/**
 * What becomes of an order whose money does not add up: it is posted with the channel's own total, the difference as a line
 * of its own, or cancelled as `cancel` does.
 */
const Resolution = z
  .enum(['post', 'cancel'])
  .describe(
    "For `money-mismatch`: `post` posts the channel's total with the difference on its own line, `cancel` cancels the order.",
  )

/** What a person may tell the ledger to do with an order. Each can be given twice without harm. */
export const Command = z.discriminatedUnion('do', [
  /** Nothing new is posted or released until `resume`. */
  z.object({ do: z.literal('hold'), reason }),
  z.object({ do: z.literal('resume'), reason }),
  /** Cancels what has not left: the whole order, or some units of some lines. The channel is told too. */
  z.object({
    do: z.literal('cancel'),
    reason,
    lines: z
      .array(z.object({ id: z.string().min(1), quantity: z.int().positive() }))
      .nonempty()
      .optional(),
  }),
  /** Tries again at once what was refused or waits; one effect, or all of them. */
  z.object({ do: z.literal('retry'), intentId: intentId.optional() }),
  /** Answers for a system that cannot be asked, or was asked by telephone. */
  z.object({ do: z.literal('answer'), intentId, answer: Answer }),
  /**
   * Ends an exception that only a person can end, because it was dealt with outside; it comes back for another reason only.
   * `resolution` says how where there are two ways: see `hasTwoWays`.
   */
  z.object({
    do: z.literal('resolve'),
    code: ExceptionCode,
    subject: z.string(),
    note: reason,
    resolution: Resolution.optional(),
  }),
])
export type Command = z.infer<typeof Command>

/**
 * Puts a value in place of what the channel says, for as long as the channel says the same: `shipTo` or one of its fields,
 * `billTo` likewise, `note`, `lines.<id>.sku`, `lines.<id>.taxCode`, `lines.<id>.unit`, `shipping.<n>.code`. `null` takes
 * the value away.
 */
export const EditCommand = z.strictObject({
  do: z.literal('edit'),
  field: z.string().min(1).max(200),
  value: z.union(
    [z.string().min(1).max(500), Address.strict(), z.null()],
    'write a text of 1 to 500 characters, a complete address, or null to remove the value',
  ),
  reason,
})
export type EditCommand = z.infer<typeof EditCommand>

/** An order of money that does not add up may be posted or not; of a message that cannot be read nothing can be posted. */
export const hasTwoWays = (code: ExceptionCode, subject: string): boolean =>
  code === 'money-mismatch' && subject !== 'erp' && subject !== 'message'

const [hold, resume, cancel, retry, answer, resolve] = Command.options
const [done, refused, notDone] = Answer.options
const name = z.string().regex(/\S/, "write the system's own id or number").max(200)

/** An answer as it is told at a door; the ledger may keep others from before. */
export const AnswerTold = z.discriminatedUnion('type', [
  done
    .extend({
      reference: z.strictObject({
        id: name,
        number: name.optional(),
        differs: z.string().max(500).optional(),
      }),
    })
    .strict(),
  refused.strict(),
  notDone.strict(),
])

/**
 * Everything that a person may ask for through the API. A misspelt field is refused: without its `lines` a cancellation
 * would be one of the whole order.
 */
export const AnyCommand = z
  .discriminatedUnion('do', [
    hold.strict(),
    resume.strict(),
    cancel
      .extend({
        lines: z
          .array(z.strictObject({ id: z.string().min(1), quantity: z.int().positive() }))
          .nonempty()
          .optional(),
      })
      .strict(),
    retry.strict(),
    answer.extend({ answer: AnswerTold }).strict(),
    resolve.strict(),
    EditCommand,
  ])
  .superRefine((command, context) => {
    if (command.do !== 'resolve') return
    const { code, subject, resolution } = command
    if (hasTwoWays(code, subject) === (resolution !== undefined)) return
    const message =
      resolution === undefined
        ? 'is missing; write "post" to post the channel\'s total, or "cancel"'
        : `leave it out: ${code} has only one resolution`
    context.addIssue({ code: 'custom', path: ['resolution'], message })
  })
export type AnyCommand = z.infer<typeof AnyCommand>
