import type { ConnectionId } from '../../schemas/canonical/identity.ts'

/** An outgoing message. */
export interface Outgoing {
  readonly body: string
  /** Keeps a queue fair: one noisy connection does not delay the others. */
  readonly group?: ConnectionId | undefined
  /** Seconds until it can be received. @default 0 */
  readonly delay?: number
}

/** The SQS entry of a message. */
export const entryOf = ({ body, group, delay }: Outgoing) => ({
  MessageBody: body,
  ...(delay !== undefined && { DelaySeconds: delay }),
  ...(group && { MessageGroupId: group.replace('/', '.') }),
})
