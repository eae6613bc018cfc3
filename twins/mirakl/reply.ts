import type { TwinReply } from '../kit/twin.ts'

export const json = (status: number, body: unknown): TwinReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

export const noContent: TwinReply = { status: 204 }

/** Mirakl's words for whatever went wrong. */
export const refusal = (status: number, message: string): TwinReply =>
  json(status, { status, message })
