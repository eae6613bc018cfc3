/**
 * What cannot be gone on with, in our own words: a constant sentence with ids, names of tables and numbers in it, and nothing of
 * a document or of what a system said. Of any other error the message is not kept anywhere, because it may quote a person.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
}

/**
 * What is written down of a crash, wherever that is: a fault in its own words; of any other error its class, the place in our
 * code and a fingerprint that is the same for the same way there. Its message may hold personal data, and so may its cause and
 * the head of its stack.
 */
export function crashOf(error: unknown): string {
  if (error instanceof Fault) return error.message
  const { name, code, message, stack }: Thrown = Object(error)
  if (!isError(error) || typeof stack !== 'string') return 'something was thrown that is no error'
  const places = placesIn(stack, String(message))
  const kind = [name, code].filter(isOfPrograms).join(' ') || 'Error'
  return `${kind} at ${places[0] ?? 'a place that is not ours'} (fingerprint ${fingerprint([kind, ...places])})`
}

/** Also of another realm, which `instanceof` does not know. */
const isError = (thrown: unknown): boolean =>
  Object.prototype.toString.call(thrown) === '[object Error]'

interface Thrown {
  readonly name?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly stack?: unknown
}

/** How JavaScript and AWS call classes of errors, and Node its codes: a name that is anything else may be somebody's. */
const isOfPrograms = (word: unknown): boolean =>
  typeof word === 'string' &&
  /^(?:[A-Z][A-Za-z0-9]{0,60}(?:Error|Exception|Exceeded|Failure)|Error|(?:E|ERR_|HPE_|CERT_)[A-Z0-9_]{2,60})$/.test(
    word,
  )

/** Files of ours with line and column, the innermost first. The message stands before them, and may look like one. */
function placesIn(stack: string, message: string): readonly string[] {
  const head = stack.indexOf(message)
  if (head < 0) return []
  return stack
    .slice(head + message.length)
    .split('\n')
    .flatMap((line) => ours.exec(line)?.[1] ?? [])
}

/** A bundle is one file; tests and the laptop run the sources. */
const ours =
  /^ +at .*[\\/](?<!test[\\/])((?:(?:domain|functions|platform|connectors|schemas)[\\/][\w./\\-]+\.ts|index\.cjs):\d+:\d+)\)?$/

/** FNV-1a in 32 bits: it tells ways to a crash apart, and the function that webhooks come to has room for no more. */
function fingerprint(parts: readonly string[]): string {
  let hash = 0x811c9dc5
  for (const character of parts.join(' ')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
