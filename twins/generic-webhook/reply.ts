import type { TwinReply } from '../kit/twin.ts'

/** A refusal as RFC 9457 has it. */
export const problem = (status: number, detail: string): TwinReply => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ status, detail }),
})

/** What the system calls what it did. */
export const done = (status: 200 | 201 | 409, id: string, number?: string): TwinReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ reference: { id, ...(number && { number }) } }),
})
