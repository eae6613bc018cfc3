import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TwinReply } from '../kit/twin.ts'
import type { Mischiefs } from './mischief.ts'

/** One exchange with a twin, and the way it takes. */
export interface Line {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Ends the connection rudely before the twin is asked anything; true when it did. */
export function resets({ request }: Line, mischiefs: Mischiefs): boolean {
  if (!mischiefs.take('reset')) return false
  request.socket.resetAndDestroy()
  return true
}

/** Brings an answer to the caller: not at all, not to its end, garbled, or as it is. */
export function answerOver(line: Line, answer: TwinReply, mischiefs: Mischiefs): void {
  // The line stays open: the caller has to time out.
  if (mischiefs.take('timeout')) return
  if (answer.body && mischiefs.take('cut')) cut(line, answer)
  else reply(line.response, answer.body && mischiefs.take('corrupt') ? garbled(answer) : answer)
}

export function reply(
  response: ServerResponse,
  { status, headers = {}, body = '' }: TwinReply,
): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

function cut({ response }: Line, { status, headers = {}, body = '' }: TwinReply): void {
  const whole = Buffer.from(body)
  response.writeHead(status, { ...headers, 'content-length': whole.length })
  response.write(whole.subarray(0, whole.length / 2), () => response.destroy())
}

/** As long as it was, and no JSON any more: a text that is still JSON would look like a true one. */
function garbled(answer: TwinReply): TwinReply {
  const body = Buffer.from(answer.body ?? '')
  const third = Math.ceil(body.length / 3)
  body.fill(0, third - 1, 2 * third)
  return { ...answer, body: body.toString() }
}
