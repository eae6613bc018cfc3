/** Whatever may go wrong, and how likely it is each time that it could. */
export const odds = {
  /** A function dies after a call, and nobody hears of it. */
  killed: 0.004,
  /** A function stands still after a call, longer than it may run, and then goes on. */
  frozen: 0.002,
  /** The next invocation finds no warm environment. */
  cold: 0.03,
  'table throttled': 0.004,
  'transaction conflict': 0.01,
  /** A write was done and its answer lost: it is sent again, and mostly finds its condition no longer true. */
  'table answer lost': 0.004,
  'read in part': 0.004,
  'send failed': 0.004,
  'sent, and said to have failed': 0.004,
  'message twice': 0.03,
  'message late': 0.03,
  'event refused': 0.01,
  'event twice': 0.08,
  'event late': 0.02,
  'event undelivered': 0.005,
  'stream replayed': 0.03,
  'schedule skipped': 0.01,
  'schedule twice': 0.02,
  'answer lost': 0.05,
  /** A write has no answer, and is done as late as its connector says that it may be. */
  'done late': 0.02,
  'request lost': 0.03,
  throttled: 0.04,
  unavailable: 0.03,
  'a proxy answers': 0.02,
  slow: 0.03,
  'index lags': 0.15,
  'webhook lost': 0.08,
  'webhook twice': 0.15,
  'webhook late': 0.15,
  'webhook forged': 0.1,
  /** The door did its work, and whoever knocked does not hear of it. */
  'door answer lost': 0.05,
} as const satisfies Readonly<Record<string, number>>

export type Fault = keyof typeof odds
