import { randomUUID } from 'node:crypto'
import type { TwinRequest, TwinWorld } from './twin.ts'

/** Access tokens that expire; a twin that starts anew knows none. */
export function accessTokens(
  { now }: Pick<TwinWorld, 'now'>,
  { prefix, seconds }: { readonly prefix: string; readonly seconds: number },
) {
  const expiries = new Map<string, number>()
  return {
    issue(): string {
      const token = `${prefix}${randomUUID().replaceAll('-', '')}`
      expiries.set(token, now().getTime() + seconds * 1000)
      return token
    },
    allows: (token = ''): boolean => (expiries.get(token) ?? 0) > now().getTime(),
  }
}

/** The token of `Authorization: Bearer …`. */
export const bearerOf = ({ headers }: TwinRequest): string | undefined =>
  /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '')?.[1]
