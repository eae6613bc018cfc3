import { z } from 'zod'
import { Address } from '../canonical/order.ts'
import { Reference } from '../canonical/reference.ts'
import { ExceptionCode } from '../events/exception.ts'

const reason = z.string().min(1, 'write the reason; the timeline shows it').max(500)
const intentId = z.string().min(1)

/** What a person found out about an effect with an unknown outcome. */
export const Answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('done'), reference: Reference }),
  z.object({ type: z.literal('refused'), reason }),
  /** It did not happen and may be tried again. */
  z.object({ type: z.literal('not-done') }),
])
export type Answer = z.infer<typeof Answer>

/**
 * The resolution of `money-mismatch`: post the order with the channel's total and the difference on its own line, or
 * cancel it as `cancel` does.
 */
const Resolution = z
  .enum(['post', 'cancel'])
  .describe(
    "For `money-mismatch`: `post` posts the channel's total with the difference on its own line, `cancel` cancels the order.",
  )

/** A person's command about an order. Each can safely be repeated. */
export const Command = z.discriminatedUnion('do', [
  /** Nothing new is posted or released until `resume`. */
  z.object({ do: z.literal('hold'), reason }),
  z.object({ do: z.literal('resume'), reason }),
  /** Cancels units that have not left: all, or some units of some lines. The channel is informed. */
  z.object({
    do: z.literal('cancel'),
    reason,
    lines: z
      .array(z.object({ id: z.string().min(1), quantity: z.int().positive() }))
      .nonempty()
      .optional(),
  }),
  /** Tries refused or waiting effects again now: one, or all. */
  z.object({ do: z.literal('retry'), intentId: intentId.optional() }),
  /** States the outcome at a system that cannot be searched, or that a person searched. */
  z.object({ do: z.literal('answer'), intentId, answer: Answer }),
  /** Ends an exception that a person dealt with; it returns only for another reason. See `hasTwoWays` for `resolution`. */
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
 * Replaces a value for as long as the channel's value stays the same: `shipTo` or one of its fields, `billTo` or one
 * of its fields, `note`, `lines.<id>.sku`, `lines.<id>.taxCode`, `lines.<id>.unit`, `shipping.<n>.code`. `null`
 * removes the value.
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

/** An order that does not add up can be posted or cancelled; an unreadable message cannot be posted. */
export const hasTwoWays = (code: ExceptionCode, subject: string): boolean =>
  code === 'money-mismatch' && subject !== 'erp' && subject !== 'message'

const [hold, resume, cancel, retry, answer, resolve] = Command.options
const [done, refused, notDone] = Answer.options
const name = z.string().regex(/\S/, "write the system's own id or number").max(200)

/** The answer as the API accepts it; the ledger may hold earlier forms. */
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
 * All commands of the API. Unknown fields are rejected: with a misspelt `lines`, a cancellation would be one of the
 * whole order.
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
