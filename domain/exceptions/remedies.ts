import type { Command } from '../../schemas/api/command.ts'
import type { ExceptionCode } from '../../schemas/events/exception.ts'
import type { Exception, OrderState } from '../../schemas/stored/order-state.ts'
import { ofMessage } from './rules.ts'

export interface Remedy {
  /** What makes the exception go, in one or two sentences for its owner. */
  readonly clears: string
  /** The commands that may help, the usual one first. */
  readonly commands: readonly Command['do'][]
}

/**
 * What ends a standing exception. One about an effect is not resolved: what a system refused is done by hand and answered, or
 * tried again.
 */
export function remedyOf(
  { intents }: Pick<OrderState, 'intents'>,
  { code, subject }: Pick<Exception, 'code' | 'subject'>,
): Remedy {
  const own = remedies[code]
  if (subject === ofMessage) {
    // As long as its connection is halted, the message is read again by itself.
    return { ...own, commands: code === 'connection-halted' ? [] : ['resolve'] }
  }
  if (!intents[subject] || inItsOwnWay.has(code)) return own
  const { clears, commands } = remedies['effect-refused']
  return {
    clears: own.commands.includes('resolve') ? clears : own.clears,
    commands: [...new Set([...own.commands, ...commands])].filter((one) => one !== 'resolve'),
  }
}

const inItsOwnWay: ReadonlySet<ExceptionCode> = new Set([
  'connection-halted',
  'dead-letter',
  'in-doubt',
  'money-mismatch',
])

/** What ends each kind of exception. `docs/runbook.md` says the same at length under the code's name. */
const remedies: Readonly<Record<ExceptionCode, Remedy>> = {
  'address-review': {
    clears: 'The channel lifts its hold, with or without another address.',
    commands: ['cancel', 'resolve'],
  },
  'already-fulfilled': {
    clears: 'The channel takes its fulfilment back, or a person resolves it because it is so.',
    commands: ['resolve', 'cancel'],
  },
  'amended-after-posting': {
    clears: 'The order is changed back at the channel, or cancelled there and placed anew.',
    commands: ['cancel', 'resolve'],
  },
  'amended-after-release': {
    clears: 'The warehouse takes the change, or sends what it has and a person resolves it.',
    commands: ['resolve', 'cancel'],
  },
  backordered: {
    clears: 'The warehouse has stock again, or the waiting units are cancelled.',
    commands: ['cancel', 'resolve'],
  },
  'cancel-at-channel': {
    clears: 'The units are cancelled at the channel, and it shows them as taken back.',
    commands: ['resolve'],
  },
  'cancelled-after-release': {
    clears:
      'The warehouse lets the order go, or a person resolves it: it was stopped there, or what left comes back.',
    commands: ['resolve'],
  },
  'channel-hold': {
    clears: 'The channel lifts its hold.',
    commands: ['cancel', 'resolve'],
  },
  'channel-unavailable': {
    clears: 'The channel answers again; it is asked by itself, less and less often.',
    commands: ['resolve'],
  },
  'connection-halted': {
    clears: 'The secret of the connection holds credentials that the system takes.',
    commands: ['retry'],
  },
  'dead-letter': {
    clears: 'The cause is mended and the dead letters are redriven.',
    commands: ['retry', 'resolve'],
  },
  'effect-refused': {
    clears: 'What the system refuses is corrected there, and the effect is tried again.',
    commands: ['retry', 'answer', 'cancel'],
  },
  'fraud-review': {
    clears: 'The channel ends its review.',
    commands: ['cancel', 'resolve'],
  },
  'impossible-order': {
    clears:
      'The next version of the order has a value that can be true in the field that the reason names.',
    commands: ['cancel'],
  },
  'in-doubt': {
    clears: 'A person looks at the system and answers whether it was done.',
    commands: ['answer'],
  },
  'missing-address': {
    clears: 'The next version of the order has a whole address.',
    commands: ['cancel'],
  },
  'missing-sku': {
    clears: 'The line gets a SKU at the channel, or is taken off the order.',
    commands: ['cancel'],
  },
  'money-kept': {
    clears: 'The channel pays the rest back, or a person resolves it because it is kept.',
    commands: ['resolve'],
  },
  'money-mismatch': {
    clears:
      'The next version of the order adds up, or a person resolves it: posted with the total of the channel, or cancelled.',
    commands: ['resolve', 'cancel'],
  },
  'no-route': {
    clears: 'A rule of `routes` in the settings matches the order.',
    commands: ['cancel'],
  },
  'on-hold': {
    clears: 'A person gives the command to resume.',
    commands: ['resume', 'cancel'],
  },
  'order-not-found': {
    clears: 'The channel has the order, or a person resolves it because it was deleted there.',
    commands: ['resolve'],
  },
  'over-shipped': {
    clears: 'The warehouse corrects its report, or the difference is invoiced and resolved.',
    commands: ['resolve'],
  },
  overdue: {
    clears: 'The stage is reached; whatever else stands on the order comes first.',
    commands: ['retry', 'cancel'],
  },
  'payment-pending': {
    clears: 'The channel says that the order is paid.',
    commands: ['cancel', 'resolve'],
  },
  'pending-at-channel': {
    clears: 'The channel tells the price and the address.',
    commands: ['cancel', 'resolve'],
  },
  'personal-data-gone': {
    clears: 'The order is cancelled, or dealt with by hand at the system and answered as done.',
    commands: ['cancel', 'answer'],
  },
  'refunded-without-return': {
    clears: 'The goods come back, or a person resolves it because they will not.',
    commands: ['resolve'],
  },
  'shipment-corrected': {
    clears: 'A person corrects the ERP and the channel by hand, then resolves it.',
    commands: ['resolve'],
  },
  'shipped-before-change': {
    clears:
      'The carrier redirects the parcel or the buyer is told, and a person resolves it; or the order is changed back.',
    commands: ['resolve'],
  },
  'shipped-unreleased': {
    clears: 'A person finds out why it left, and resolves it.',
    commands: ['resolve'],
  },
  'test-order': {
    clears: 'The test is cancelled at the channel, or `testOrders` of the connection is `accept`.',
    commands: ['cancel'],
  },
  'unknown-shipment-line': {
    clears: 'The warehouse reports the parcel with what is on the order, or a person resolves it.',
    commands: ['resolve'],
  },
  'unmapped-code': {
    clears: 'The row that the reason names is imported, with what the connection calls the code.',
    commands: ['retry', 'cancel'],
  },
  'unreadable-payload': {
    clears: 'The next message about the same can be taken: the order, its parcel or its hold.',
    commands: ['resolve'],
  },
  'warehouse-hold': {
    clears: 'The warehouse goes on, or the order leaves.',
    commands: ['cancel', 'resolve'],
  },
}
