import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Effect } from '../effects/effect.ts'
import type { Failure } from '../failure.ts'
import type { Opened } from '../ports.ts'
import type { Result } from '../result.ts'
import { erasedWords } from './forgotten.ts'
import { withoutPeople } from './without-people.ts'

type Sent = Pick<Opened, 'order' | 'gone'>
type Answer = Result<Reference | undefined, Failure>

/**
 * An effect whose failures contain no personal data: systems quote what they were sent, and many people read the
 * result. Checks against the documents before and after the claim, because either may have been sent. If the personal
 * data is gone, no text is kept.
 */
export function impersonal(effect: Effect, sent: readonly Sent[]): Effect {
  const { look, finish } = effect
  return {
    ...effect,
    ...(look && { look: async (account, subject) => told(await look(account, subject), sent) }),
    make: async (account, subject) => told(await effect.make(account, subject), sent),
    ...(finish && {
      finish: async (account, subject, begun) => told(await finish(account, subject, begun), sent),
    }),
  }
}

function told<A extends Answer>(answer: A, sent: readonly Sent[]): A {
  const words = (text: string) =>
    sent.reduce((rest, { order }) => (order ? withoutPeople(rest, order.people) : rest), text)
  const differs = sent.some(({ gone }) => gone) ? () => erasedWords : words
  if (!answer.ok) {
    const { error } = answer
    const said = error.next === 'except' && error.code === 'effect-refused'
    return { ...answer, error: { ...error, reason: (said ? differs : words)(error.reason) } }
  }
  if (answer.value?.differs === undefined) return answer
  return { ...answer, value: { ...answer.value, differs: differs(answer.value.differs) } }
}
