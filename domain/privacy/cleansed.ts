import type { Order, People } from '../../schemas/canonical/order.ts'
import type { Fact } from '../order/facts.ts'
import { withoutPeople } from './without-people.ts'

/** Whether a fact contains text by a system that knows the order's personal data. */
export function hasWords(fact: Fact): boolean {
  switch (fact.type) {
    case 'unreadable':
    case 'held':
      return true
    case 'answered':
      return (
        fact.answer.type === 'refused' ||
        (fact.answer.type === 'done' && fact.answer.reference.differs !== undefined)
      )
    default:
      return false
  }
}

/** The fact with these people's data removed from its text. */
export function cleansedFact(fact: Fact, people: People): Fact {
  const cleanse = (text: string) => withoutPeople(text, people)
  switch (fact.type) {
    case 'snapshot':
      return { ...fact, order: cleansedOrder(fact.order) }
    case 'unreadable':
    case 'held':
      return { ...fact, reason: cleanse(fact.reason) }
    case 'answered': {
      const { answer } = fact
      if (answer.type === 'refused')
        return { ...fact, answer: { ...answer, reason: cleanse(answer.reason) } }
      if (answer.type !== 'done' || answer.reference.differs === undefined) return fact
      const differs = cleanse(answer.reference.differs)
      return { ...fact, answer: { ...answer, reference: { ...answer.reference, differs } } }
    }
    default:
      return fact
  }
}

/** A channel's reason for a hold or cancellation may be free text by a person. */
function cleansedOrder(order: Order): Order {
  const { holds, cancelReason, people } = order
  return {
    ...order,
    ...(holds && {
      holds: holds.map((hold) => ({ ...hold, reason: withoutPeople(hold.reason, people) })),
    }),
    ...(cancelReason !== undefined && { cancelReason: withoutPeople(cancelReason, people) }),
  }
}
