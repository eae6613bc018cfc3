import type { AnyCommand } from '../../schemas/api/command.ts'
import type { ExceptionCode, ExceptionOwner } from '../../schemas/events/exception.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { type Blocks, effectCatalogue } from '../effects/catalogue.ts'
import { isOpen, isOver } from '../order/intents.ts'

/** The static properties of an exception code. */
export interface ExceptionRow {
  readonly desk: {
    /** What is at stake. Only finance resolves exceptions about money. */
    readonly about: 'money' | 'goods' | 'connection'
    readonly owner: ExceptionOwner
    /** Hours until the owner's deadline. */
    readonly hours: number
  }
  /** The effects that wait while it is open. @default none */
  readonly blocks?: Blocks
  /** The channel or a person holds the order, so this time does not count against a stage. */
  readonly pauses?: true
  /**
   * The subjects for which it appears and clears with the state. With other subjects a fact raises it, and `stands`
   * ends it.
   */
  readonly follows?: readonly string[]
  /** It can be open on a cancelled order, because the channel still has the order open or keeps its money. */
  readonly outlivesOrder?: true
  /**
   * Whether it stays open after a fact raised it.
   * @default until its effect is done or no longer needed; without an effect, until a fact clears it
   */
  stands?(about: Standing): boolean
  /** If it is about an effect, it ends like any other exception, not like a refusal. */
  readonly endsAlike?: true
  /** Resolving it means that a person changed this system by hand. */
  readonly resolvedAs?: 'erp' | 'wms'
  /**
   * Who wrote its reason: `ours` for our own sentences with lines, amounts and codes, `quoting` if they end with
   * someone else's text.
   * @default it may be someone else's text
   */
  readonly words?: 'ours' | 'quoting'
  /** What clears it, in one or two sentences for its owner. */
  readonly clears: string
  /** The commands that may help, the usual one first. */
  readonly commands: readonly AnyCommand['do'][]
  /** The order's fields that `edit` may correct. @default none */
  readonly edits?: readonly string[]
}

interface Standing {
  readonly state: OrderState
  readonly subject: string
  /** The effect that it is about. */
  readonly intent: Intent | undefined
}

/** Its effect may still be done, or it is about none. */
export const isWanted = ({ state, intent }: Standing): boolean =>
  !intent || !(isOver(intent) || (state.cancelledAt && effectCatalogue[intent.effect].creates))

/** The taxonomy, one row per code. `docs/runbook.md` explains each under its own heading. */
export const exceptionCatalogue: Readonly<Record<ExceptionCode, ExceptionRow>> = {
  'address-review': {
    desk: { about: 'goods', owner: 'customer-service', hours: 24 },
    blocks: 'release',
    pauses: true,
    follows: [''],
    clears: 'The channel lifts its hold, with or without another address.',
    commands: ['cancel', 'resolve'],
  },
  'already-fulfilled': {
    desk: { about: 'goods', owner: 'commerce', hours: 24 },
    follows: [''],
    words: 'ours',
    clears:
      'The channel undoes its fulfilment, or a person resolves it because the units did leave.',
    commands: ['resolve', 'cancel'],
  },
  'amended-after-posting': {
    desk: { about: 'goods', owner: 'customer-service', hours: 4 },
    blocks: 'release',
    follows: [''],
    outlivesOrder: true,
    resolvedAs: 'erp',
    words: 'ours',
    clears: 'The order is changed back at the channel, or cancelled there and placed again.',
    commands: ['cancel', 'resolve'],
  },
  'amended-after-release': {
    desk: { about: 'goods', owner: 'warehouse', hours: 2 },
    follows: [''],
    resolvedAs: 'wms',
    words: 'quoting',
    clears: 'The warehouse makes the change, or ships what it has and a person resolves it.',
    commands: ['resolve', 'cancel'],
  },
  backordered: {
    desk: { about: 'goods', owner: 'commerce', hours: 72 },
    follows: [''],
    words: 'ours',
    clears: 'The warehouse has stock again, or the missing units are cancelled.',
    commands: ['cancel', 'resolve'],
  },
  'cancel-at-channel': {
    desk: { about: 'goods', owner: 'customer-service', hours: 4 },
    follows: [''],
    words: 'ours',
    clears: 'The units are cancelled at the channel, and its next message shows it.',
    commands: ['resolve'],
  },
  'cancelled-after-release': {
    desk: { about: 'goods', owner: 'customer-service', hours: 2 },
    stands: ({ state }) => state.cancelledAt === undefined,
    words: 'quoting',
    clears:
      'The warehouse cancels the order, or a person resolves it: the parcel was stopped, or comes back.',
    commands: ['resolve'],
  },
  'channel-hold': {
    desk: { about: 'goods', owner: 'commerce', hours: 48 },
    blocks: 'release',
    pauses: true,
    follows: [''],
    clears: 'The channel lifts its hold.',
    commands: ['cancel', 'resolve'],
  },
  'channel-unavailable': {
    desk: { about: 'connection', owner: 'platform', hours: 1 },
    clears: 'The channel answers again; Crossdock keeps trying at growing intervals.',
    commands: ['resolve'],
  },
  'connection-halted': {
    desk: { about: 'connection', owner: 'platform', hours: 1 },
    stands: ({ intent }) => intent !== undefined && isOpen(intent),
    endsAlike: true,
    clears: "The connection's secret holds credentials that the system accepts.",
    commands: ['retry'],
  },
  'dead-letter': {
    desk: { about: 'connection', owner: 'platform', hours: 4 },
    // Ignore a dead letter once its effect has an answer, even a refusal.
    stands: (about) => !about.intent || (isWanted(about) && isOpen(about.intent)),
    endsAlike: true,
    clears: 'The cause is fixed and the dead letters are redriven.',
    commands: ['retry', 'resolve'],
  },
  'duplicate-document': {
    desk: { about: 'money', owner: 'finance', hours: 8 },
    clears:
      'A person cancels the surplus document at the system; the next check, within hours, finds only one.',
    commands: ['retry', 'answer'],
  },
  'effect-refused': {
    desk: { about: 'connection', owner: 'finance', hours: 8 },
    stands: (about) => about.intent !== undefined && isWanted(about),
    clears: 'The cause is corrected in the system, and the effect is tried again.',
    commands: ['retry', 'answer', 'cancel'],
  },
  'fraud-review': {
    desk: { about: 'goods', owner: 'customer-service', hours: 24 },
    blocks: 'release',
    pauses: true,
    follows: [''],
    clears: 'The channel ends its review.',
    commands: ['cancel', 'resolve'],
  },
  'impossible-order': {
    desk: { about: 'goods', owner: 'finance', hours: 8 },
    blocks: 'all',
    follows: [''],
    words: 'ours',
    clears:
      'The next version of the order has a possible value in the field that the reason names.',
    commands: ['cancel'],
  },
  'in-doubt': {
    desk: { about: 'connection', owner: 'platform', hours: 2 },
    stands: ({ intent }) => intent?.state === 'doubt',
    endsAlike: true,
    clears: 'A person looks in the system and answers whether it was done.',
    commands: ['answer'],
  },
  'missing-address': {
    desk: { about: 'goods', owner: 'customer-service', hours: 8 },
    blocks: 'all',
    follows: [''],
    words: 'ours',
    clears: 'The next version of the order has a complete address.',
    commands: ['edit', 'cancel'],
    edits: ['shipTo'],
  },
  'missing-sku': {
    desk: { about: 'goods', owner: 'commerce', hours: 8 },
    blocks: 'all',
    follows: [''],
    words: 'ours',
    clears: 'The line gets a SKU at the channel, or is removed from the order.',
    commands: ['edit', 'cancel'],
    edits: ['lines.<id>.sku'],
  },
  'money-kept': {
    desk: { about: 'money', owner: 'finance', hours: 24 },
    follows: [''],
    outlivesOrder: true,
    words: 'ours',
    clears: 'The channel refunds the rest, or a person resolves it because the money is kept.',
    commands: ['resolve'],
  },
  'money-mismatch': {
    desk: { about: 'money', owner: 'finance', hours: 8 },
    blocks: 'all',
    follows: ['', 'erp'],
    endsAlike: true,
    words: 'ours',
    clears:
      "The next version of the order adds up, or a person resolves it: post it with the channel's total, or cancel it.",
    commands: ['resolve', 'cancel'],
  },
  'no-route': {
    desk: { about: 'connection', owner: 'platform', hours: 4 },
    blocks: 'all',
    follows: [''],
    words: 'ours',
    clears: 'A rule of `routes` in the settings matches the order.',
    commands: ['cancel'],
  },
  'on-hold': {
    desk: { about: 'goods', owner: 'customer-service', hours: 48 },
    blocks: 'all',
    pauses: true,
    follows: [''],
    clears: 'A person gives the command `resume`.',
    commands: ['resume', 'cancel'],
  },
  'order-not-found': {
    desk: { about: 'connection', owner: 'commerce', hours: 24 },
    words: 'ours',
    clears:
      'The channel has the order, or a person resolves it because the order was deleted there.',
    commands: ['resolve'],
  },
  'over-shipped': {
    desk: { about: 'goods', owner: 'warehouse', hours: 24 },
    words: 'ours',
    clears: 'The warehouse corrects its report, or the difference is invoiced and resolved.',
    commands: ['resolve'],
  },
  overdue: {
    desk: { about: 'connection', owner: 'platform', hours: 4 },
    stands: ({ state, subject }) => state.stages[subject]?.closed === false,
    clears: "The stage is reached; clear the order's other exceptions first.",
    commands: ['retry', 'cancel'],
  },
  'payment-pending': {
    desk: { about: 'goods', owner: 'finance', hours: 72 },
    blocks: 'release',
    pauses: true,
    follows: [''],
    clears: 'The channel reports the order as paid.',
    commands: ['cancel', 'resolve'],
  },
  'pending-at-channel': {
    desk: { about: 'goods', owner: 'commerce', hours: 72 },
    blocks: 'all-but-acceptance',
    pauses: true,
    follows: [''],
    clears: 'The channel sends the price and the address.',
    commands: ['cancel', 'resolve'],
  },
  'personal-data-gone': {
    desk: { about: 'goods', owner: 'customer-service', hours: 24 },
    words: 'ours',
    clears:
      'The order is cancelled, or a person does it by hand in the system and answers that it is done.',
    commands: ['cancel', 'answer'],
  },
  'refunded-without-return': {
    desk: { about: 'money', owner: 'customer-service', hours: 48 },
    follows: [''],
    words: 'ours',
    clears: 'The goods come back, or a person resolves it because they will not.',
    commands: ['resolve'],
  },
  'shipment-corrected': {
    desk: { about: 'goods', owner: 'warehouse', hours: 24 },
    words: 'ours',
    clears: 'A person corrects the ERP and the channel by hand, then resolves it.',
    commands: ['resolve'],
  },
  'shipped-before-change': {
    desk: { about: 'goods', owner: 'customer-service', hours: 4 },
    follows: [''],
    words: 'ours',
    clears:
      'The carrier redirects the parcel or the buyer is informed, and a person resolves it; or the order is changed back.',
    commands: ['resolve'],
  },
  'shipped-unreleased': {
    desk: { about: 'goods', owner: 'warehouse', hours: 4 },
    words: 'ours',
    clears: 'A person finds out why it left, and resolves it.',
    commands: ['resolve'],
  },
  'test-order': {
    desk: { about: 'goods', owner: 'commerce', hours: 168 },
    blocks: 'all',
    follows: [''],
    words: 'ours',
    clears:
      'The test order is cancelled at the channel, or `testOrders` of the connection is `accept`.',
    commands: ['cancel'],
  },
  'unknown-shipment-line': {
    desk: { about: 'goods', owner: 'warehouse', hours: 24 },
    stands: ({ state, subject }) =>
      !subject.startsWith('shipped:') || subject in state.deferredFacts,
    words: 'ours',
    clears: 'The warehouse reports the parcel with SKUs of the order, or a person resolves it.',
    commands: ['resolve'],
  },
  'unmapped-code': {
    desk: { about: 'connection', owner: 'commerce', hours: 8 },
    words: 'ours',
    clears: "The row in the reason is imported with the connection's name for the code.",
    commands: ['edit', 'retry', 'cancel'],
    edits: ['lines.<id>.sku', 'lines.<id>.taxCode', 'lines.<id>.unit', 'shipping.<n>.code'],
  },
  'unreadable-payload': {
    desk: { about: 'connection', owner: 'platform', hours: 4 },
    clears: 'A later message about the same subject (order, parcel or hold) can be processed.',
    commands: ['resolve'],
  },
  'warehouse-hold': {
    desk: { about: 'goods', owner: 'warehouse', hours: 24 },
    follows: [''],
    clears: 'The warehouse continues, or the order ships.',
    commands: ['cancel', 'resolve'],
  },
}
