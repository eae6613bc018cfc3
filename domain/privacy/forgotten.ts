import type { OrderState } from '../../schemas/stored/order-state.ts'
import { type ExceptionRow, exceptionCatalogue } from '../exceptions/catalogue.ts'
import type { Fact } from '../order/facts.ts'

/** Replaces text that others wrote about an order: it may name people, also from earlier versions. */
export const erasedWords = 'not kept: the personal data of this order was erased'

/** Who wrote the reasons of exceptions, by code. */
const wordsOf: ReadonlyMap<string, ExceptionRow['words']> = new Map(
  Object.entries(exceptionCatalogue).map(([code, { words }]) => [code, words]),
)

/** Fields with free text by systems and people. */
const free: ReadonlySet<string> = new Set([
  'reason',
  'note',
  'differs',
  'mismatch',
  'trouble',
  'held',
  'cancelReason',
])

/** Stored data of an order without text by others: events, documents, and parts of a state. */
export function forgotten<T>(stored: T): T {
  return withoutWords(stored) as T
}

function withoutWords(stored: unknown): unknown {
  if (Array.isArray(stored)) return stored.map(withoutWords)
  if (typeof stored !== 'object' || stored === null) return stored
  const own = isOwn(stored)
  const fields = Object.entries(stored).flatMap(([field, value]): [string, unknown][] => {
    // A tracking link may contain the postal code that unlocks it.
    if (field === 'trackingUrl') return []
    if (typeof value !== 'string') return [[field, withoutWords(value)]]
    if (field === 'fact') return [[field, JSON.stringify(withoutWords(JSON.parse(value)))]]
    const isKept = value === '' || !free.has(field) || (own && field === 'reason')
    return [[field, isKept ? value : erasedWords]]
  })
  return Object.fromEntries(fields)
}

/** An ERP's mismatch is quoted from the ERP, whatever the exception's code. */
const isOwn = (stored: object): boolean =>
  'code' in stored &&
  wordsOf.get(String(stored.code)) === 'ours' &&
  !(stored.code === 'money-mismatch' && 'subject' in stored && stored.subject !== '')

/** The same for a state: exceptions stay open for what remains of their reason, and resolved ones stay resolved. */
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

/** What a state's own reasons may quote, longest first. */
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
 * A fact about an erased order: the names to remove from text are no longer known, so all text by others is removed. A
 * person's new commands and a worker's reason to wait stay.
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
