/**
 * An unrecoverable error in our own words: a constant sentence with ids, table names and numbers, without content of
 * documents or of systems' answers. Messages of other errors are never stored, because they may quote personal data.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
}

/**
 * The loggable description of a crash: a `Fault`'s own message; for any other error its class, its position in our
 * code, and a fingerprint that is the same for the same path. Its message, its cause and the head of its stack may
 * contain personal data.
 */
export function crashOf(error: unknown): string {
  if (error instanceof Fault) return error.message
  const { name, code, message, stack }: Thrown = Object(error)
  if (!isError(error) || typeof stack !== 'string')
    return 'something other than an error was thrown'
  const places = placesIn(stack, String(message))
  const kind = [name, code].filter(isOfPrograms).join(' ') || 'Error'
  return `${kind} at ${places[0] ?? 'a place outside our code'} (fingerprint ${fingerprint([kind, ...places])})`
}

/** Also from another realm, which `instanceof` does not recognise. */
const isError = (thrown: unknown): boolean =>
  Object.prototype.toString.call(thrown) === '[object Error]'

interface Thrown {
  readonly name?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly stack?: unknown
}

/** Class names and codes in the style of JavaScript, AWS and Node; any other text may be personal data. */
const isOfPrograms = (word: unknown): boolean =>
  typeof word === 'string' &&
  /^(?:[A-Z][A-Za-z0-9]{0,60}(?:Error|Exception|Exceeded|Failure)|Error|(?:E|ERR_|HPE_|CERT_)[A-Z0-9_]{2,60})$/.test(
    word,
  )

/** Our files with line and column, innermost first. The message precedes them and may look like one. */
function placesIn(stack: string, message: string): readonly string[] {
  const head = stack.indexOf(message)
  if (head < 0) return []
  return stack
    .slice(head + message.length)
    .split('\n')
    .flatMap((line) => ours.exec(line)?.[1] ?? [])
}

/** A bundle is one file; tests and the local cloud run the sources. */
const ours =
  /^ +at .*[\\/](?<!test[\\/])((?:(?:domain|functions|platform|connectors|schemas)[\\/][\w./\\-]+\.ts|index\.cjs):\d+:\d+)\)?$/

/** 32-bit FNV-1a: enough to distinguish crashes, and small enough for the webhook function. */
function fingerprint(parts: readonly string[]): string {
  let hash = 0x811c9dc5
  for (const character of parts.join(' ')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
