import type { Called } from '../../schemas/stored/called.ts'
import type { CommitRecord } from '../../schemas/stored/commit-record.ts'

/** New references in a commit, by which people can find the order. */
export const calledIn = ({ orderId, events }: CommitRecord): readonly Called[] =>
  events.flatMap((event) => {
    if (event.type === 'order.captured') return [{ orderId, reference: event.number }]
    if (!('reference' in event)) return []
    const { number, id } = event.reference
    return [{ orderId, reference: `${event.connection}#${number ?? id}` }]
  })
