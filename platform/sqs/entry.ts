import type { ConnectionId } from '../../schemas/canonical/identity.ts'

/** A message on its way. */
export interface Outgoing {
  readonly body: string
  /** Keeps a queue fair: one noisy connection does not delay the others. */
  readonly group?: ConnectionId | undefined
  /** Seconds until it can be received. @default 0 */
  readonly delay?: number
}

/** A message as SQS takes it. */
export const entryOf = ({ body, group, delay }: Outgoing) => ({
  MessageBody: body,
  ...(delay !== undefined && { DelaySeconds: delay }),
  ...(group && { MessageGroupId: group.replace('/', '.') }),
})
