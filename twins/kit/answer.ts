import type { z } from 'zod'
import type { TwinReply, TwinRequest } from './twin.ts'

/** A JSON answer. */
export const json = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): TwinReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** Ends a request with the vendor's own error. */
class Refused extends Error {
  readonly reply: TwinReply
  constructor(reply: TwinReply) {
    super(`refused with ${reply.status}`)
    this.reply = reply
  }
}

export function refuse(reply: TwinReply): never {
  throw new Refused(reply)
}

/** Answers a request, or refuses it as what throws `Refused` says. */
export const answering =
  (answer: (request: TwinRequest) => TwinReply | Promise<TwinReply>) =>
  async (request: TwinRequest): Promise<TwinReply> => {
    try {
      return await answer(request)
    } catch (error) {
      if (error instanceof Refused) return error.reply
      throw error
    }
  }

/** The value as its schema has it, or a refusal of what is wrong with it. */
export function fitting<T extends z.ZodType>(
  schema: T,
  value: unknown,
  refusal: (error: z.ZodError) => TwinReply,
): z.infer<T> {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : refuse(refusal(parsed.error))
}

/** True when a request is for one of these hosts of the vendor, or for the twin's own address on this machine. */
export const isAt = ({ headers }: TwinRequest, ...hosts: readonly string[]): boolean =>
  headers['host'] === undefined ||
  /^(127\.0\.0\.1|localhost)(:|$)/.test(headers['host']) ||
  hosts.includes(headers['host'])
