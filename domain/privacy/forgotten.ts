import type { OrderState } from '../../schemas/stored/order-state.ts'
import { type ExceptionRow, exceptionCatalogue } from '../exceptions/catalogue.ts'
import type { Fact } from '../order/facts.ts'

/** Stands in the place of what others wrote about an order: it may name people, also those that the order had before. */
export const erasedWords = 'not kept: the personal data of this order was erased'

/** Whose words the reasons of exceptions are, by code. */
const wordsOf: ReadonlyMap<string, ExceptionRow['words']> = new Map(
  Object.entries(exceptionCatalogue).map(([code, { words }]) => [code, words]),
)

/** The fields in which systems and people write freely. */
const free: ReadonlySet<string> = new Set([
  'reason',
  'note',
  'differs',
  'mismatch',
  'trouble',
  'held',
  'cancelReason',
])

/** Anything stored of an order without what others wrote about it: events, documents, and parts of a state. */
export function forgotten<T>(stored: T): T {
  return withoutWords(stored) as T
}

function withoutWords(stored: unknown): unknown {
  if (Array.isArray(stored)) return stored.map(withoutWords)
  if (typeof stored !== 'object' || stored === null) return stored
  const own = isOwn(stored)
  const fields = Object.entries(stored).flatMap(([field, value]): [string, unknown][] => {
    // A link to a parcel may hold the postal code that opens it.
    if (field === 'trackingUrl') return []
    if (typeof value !== 'string') return [[field, withoutWords(value)]]
    if (field === 'fact') return [[field, JSON.stringify(withoutWords(JSON.parse(value)))]]
    const isKept = value === '' || !free.has(field) || (own && field === 'reason')
    return [[field, isKept ? value : erasedWords]]
  })
  return Object.fromEntries(fields)
}

/** How an ERP's document differs is in its words, whatever the exception is called. */
const isOwn = (stored: object): boolean =>
  'code' in stored &&
  wordsOf.get(String(stored.code)) === 'ours' &&
  !(stored.code === 'money-mismatch' && 'subject' in stored && stored.subject !== '')

/** The same for a state: what stands on it goes on standing for what is left of its reason, and what was resolved stays so. */
export function forgottenState(state: OrderState): OrderState {
  const { deferredFacts, resolved, exceptions, ...rest } = state
  const quoted = saidIn(state)
  const unquoted = (reason: string) =>
    quoted.reduce((left, words) => left.replaceAll(words, erasedWords), reason)
  const standing = Object.entries(exceptions).map(([key, exception]) => {
    const { code, reason } = exception
    const left =
      wordsOf.get(code) === 'quoting'
        ? { ...exception, reason: unquoted(reason) }
        : forgotten(exception)
    return [key, left] as const
  })
  return {
    ...forgotten(rest),
    exceptions: Object.fromEntries(standing),
    deferredFacts: mapped(deferredFacts, (fact) => JSON.stringify(forgotten(JSON.parse(fact)))),
    resolved: mapped(resolved, (reason, key) => {
      const [code = '', ...subject] = key.split(':')
      const left = wordsOf.get(code) === 'quoting' ? unquoted(reason) : reason
      return left === reason ? forgotten({ code, subject: subject.join(':'), reason }).reason : left
    }),
  }
}

/** What a state's own reasons may quote, the longest first. */
const saidIn = ({ cancelReason, intents }: OrderState): readonly string[] =>
  [cancelReason, ...Object.values(intents).map(({ trouble }) => trouble)]
    .filter((words) => words !== undefined && words !== '' && words !== erasedWords)
    .map(String)
    .toSorted((a, b) => b.length - a.length)

const mapped = (
  record: Readonly<Record<string, string>>,
  to: (text: string, key: string) => string,
): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([key, text]) => [key, to(text, key)]))

/**
 * A fact as an order learns it whose people were erased: nobody knows any more what would have to be taken out of others' words.
 * What a person orders about it now stays, and so does why a worker waits.
 */
export function forgottenFact(fact: Fact): Fact {
  switch (fact.type) {
    case 'snapshot': {
      const { people, ...document } = fact.order
      return { ...fact, order: { ...forgotten(document), people } }
    }
    case 'unreadable':
    case 'held':
    case 'answered':
    case 'shipped':
      return forgotten(fact)
    default:
      return fact
  }
}
