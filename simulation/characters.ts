import { hashed, pick } from './draw.ts'
import type { Fault } from './odds.ts'

/** What a seed is mostly about: a few kinds of trouble much more often than usual, so that they meet each other. */
export interface Character {
  readonly name: string
  /** How many times as likely some faults are. */
  readonly more: Readonly<Partial<Record<Fault, number>>>
  /** How many of the connections that send webhooks lose them all for hours. */
  readonly deaf: number
  /** How many of the systems are away for hours. */
  readonly away: number
  /** People come back to most orders, several times, and mostly within minutes. */
  readonly busy: boolean
}

type Kind = Pick<Character, 'name' | 'more'> & Partial<Character>

const kinds: readonly Kind[] = [
  { name: 'a bit of everything', more: {} },
  { name: 'workers stand still', more: { frozen: 12, 'event twice': 3, 'message twice': 3 } },
  { name: 'workers die', more: { killed: 6, cold: 5, 'done late': 4, 'send failed': 5 } },
  {
    name: 'nobody answers',
    more: { 'answer lost': 6, 'done late': 8, 'index lags': 4, 'door answer lost': 5 },
  },
  {
    name: 'indexes lag',
    more: { 'index lags': 6, 'answer lost': 3, 'done late': 4, 'webhook lost': 6 },
    deaf: 0.5,
  },
  {
    name: 'everything comes twice',
    more: {
      'message twice': 6,
      'event twice': 6,
      'stream replayed': 6,
      'webhook twice': 4,
      'schedule twice': 10,
      'door answer lost': 6,
      'message late': 4,
    },
  },
  {
    name: 'a busy table',
    more: {
      'table throttled': 10,
      'transaction conflict': 15,
      'table answer lost': 12,
      'read in part': 30,
    },
  },
  {
    name: 'nobody knocks',
    more: { unavailable: 6, 'index lags': 5, 'schedule skipped': 15, 'webhook lost': 5 },
    deaf: 0.9,
  },
  {
    name: 'systems that stall',
    more: { slow: 8, throttled: 4, 'request lost': 4, 'a proxy answers': 4 },
    away: 0.6,
  },
]

/** What this seed is like. */
export function characterOf(seed: number): Character {
  const kind = pick(kinds, hashed('what a year', seed))
  const busy = hashed('a crowd', seed) < 0.4
  return { deaf: 0.1, away: 0.2, busy, ...kind }
}
