import type { TwinReply } from '../kit/twin.ts'

/** An error as GraphQL answers carry it. */
export const coded = (code: string, message: string) => ({ message, extensions: { code } })

export function json(status: number, body: unknown): TwinReply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  }
}
