import type { AnyCommand } from '../../schemas/api/command.ts'
import type { ExceptionCode, ExceptionOwner } from '../../schemas/events/exception.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { type Blocks, effectCatalogue } from '../effects/catalogue.ts'
import { isOpen, isOver } from '../order/intents.ts'

/** Everything that is known of an exception before it is raised. */
export interface ExceptionRow {
  readonly desk: {
    /** What is at stake: what is about money, only finance resolves. */
    readonly about: 'money' | 'goods' | 'connection'
    readonly owner: ExceptionOwner
    /** Hours its owner has. */
    readonly hours: number
  }
  /** @default nothing: what waits for nobody goes on */
  readonly blocks?: Blocks
  /** The channel or a person holds the order: the time until that ends is not the time that a system takes. */
  readonly pauses?: true
  /** The subjects for which it comes and goes with the state; others are raised by a fact and end in their own way. */
  readonly follows?: readonly string[]
  /** It says that the channel has the order alive, or money of it, so it stands on a cancelled one too. */
  readonly outlivesOrder?: true
  /**
   * Whether it goes on standing, where it was raised by a fact.
   * @default until the effect that it is about is done or not wanted any more; for ever, where it is about none
   */
  stands?(about: Standing): boolean
  /** About an effect it ends like about anything else, not as a refusal does. */
  readonly endsAlike?: true
  /** Resolving it means that somebody brought this system up to date by hand. */
  readonly resolvedAs?: 'erp' | 'wms'
  /**
   * Whose words its reason is: our own sentences, of lines, sums and codes, or ours that end with what others said.
   * @default somebody else may have written it
   */
  readonly words?: 'ours' | 'quoting'
  /** What makes it go, in one or two sentences for its owner. */
  readonly clears: string
  /** The commands that may help, the usual one first. */
  readonly commands: readonly AnyCommand['do'][]
  /** The fields of the order that `edit` may put right. @default none */
  readonly edits?: readonly string[]
}

interface Standing {
  readonly state: OrderState
  readonly subject: string
  /** The effect that it is about. */
  readonly intent: Intent | undefined
}

/** The effect that it is about may still be done, or it is about none. */
export const isWanted = ({ state, intent }: Standing): boolean =>
  !intent || !(isOver(intent) || (state.cancelledAt && effectCatalogue[intent.effect].creates))

/** The taxonomy, one row a code. `docs/runbook.md` explains each at length under its own name. */
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
    clears: 'The channel takes its fulfilment back, or a person resolves it because it is so.',
    commands: ['resolve', 'cancel'],
  },
  'amended-after-posting': {
    desk: { about: 'goods', owner: 'customer-service', hours: 4 },
    blocks: 'release',
    follows: [''],
    outlivesOrder: true,
    resolvedAs: 'erp',
    words: 'ours',
    clears: 'The order is changed back at the channel, or cancelled there and placed anew.',
    commands: ['cancel', 'resolve'],
  },
  'amended-after-release': {
    desk: { about: 'goods', owner: 'warehouse', hours: 2 },
    follows: [''],
    resolvedAs: 'wms',
    words: 'quoting',
    clears: 'The warehouse takes the change, or sends what it has and a person resolves it.',
    commands: ['resolve', 'cancel'],
  },
  backordered: {
    desk: { about: 'goods', owner: 'commerce', hours: 72 },
    follows: [''],
    words: 'ours',
    clears: 'The warehouse has stock again, or the waiting units are cancelled.',
    commands: ['cancel', 'resolve'],
  },
  'cancel-at-channel': {
    desk: { about: 'goods', owner: 'customer-service', hours: 4 },
    follows: [''],
    words: 'ours',
    clears: 'The units are cancelled at the channel, and it shows them as taken back.',
    commands: ['resolve'],
  },
  'cancelled-after-release': {
    desk: { about: 'goods', owner: 'customer-service', hours: 2 },
    stands: ({ state }) => state.cancelledAt === undefined,
    words: 'quoting',
    clears:
      'The warehouse lets the order go, or a person resolves it: it was stopped there, or what left comes back.',
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
    clears: 'The channel answers again; it is asked by itself, less and less often.',
    commands: ['resolve'],
  },
  'connection-halted': {
    desk: { about: 'connection', owner: 'platform', hours: 1 },
    stands: ({ intent }) => intent !== undefined && isOpen(intent),
    endsAlike: true,
    clears: 'The secret of the connection holds credentials that the system takes.',
    commands: ['retry'],
  },
  'dead-letter': {
    desk: { about: 'connection', owner: 'platform', hours: 4 },
    // Once another message has come to an end, be it a refusal, the one that died needs nobody.
    stands: (about) => !about.intent || (isWanted(about) && isOpen(about.intent)),
    endsAlike: true,
    clears: 'The cause is mended and the dead letters are redriven.',
    commands: ['retry', 'resolve'],
  },
  'duplicate-document': {
    desk: { about: 'money', owner: 'finance', hours: 8 },
    clears:
      'A person cancels the surplus document at the system; the next check, within hours, finds one only.',
    commands: ['retry', 'answer'],
  },
  'effect-refused': {
    desk: { about: 'connection', owner: 'finance', hours: 8 },
    stands: (about) => about.intent !== undefined && isWanted(about),
    clears: 'What the system refuses is corrected there, and the effect is tried again.',
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
      'The next version of the order has a value that can be true in the field that the reason names.',
    commands: ['cancel'],
  },
  'in-doubt': {
    desk: { about: 'connection', owner: 'platform', hours: 2 },
    stands: ({ intent }) => intent?.state === 'doubt',
    endsAlike: true,
    clears: 'A person looks at the system and answers whether it was done.',
    commands: ['answer'],
  },
  'missing-address': {
    desk: { about: 'goods', owner: 'customer-service', hours: 8 },
    blocks: 'all',
    follows: [''],
    words: 'ours',
    clears: 'The next version of the order has a whole address.',
    commands: ['edit', 'cancel'],
    edits: ['shipTo'],
  },
  'missing-sku': {
    desk: { about: 'goods', owner: 'commerce', hours: 8 },
    blocks: 'all',
    follows: [''],
    words: 'ours',
    clears: 'The line gets a SKU at the channel, or is taken off the order.',
    commands: ['edit', 'cancel'],
    edits: ['lines.<id>.sku'],
  },
  'money-kept': {
    desk: { about: 'money', owner: 'finance', hours: 24 },
    follows: [''],
    outlivesOrder: true,
    words: 'ours',
    clears: 'The channel pays the rest back, or a person resolves it because it is kept.',
    commands: ['resolve'],
  },
  'money-mismatch': {
    desk: { about: 'money', owner: 'finance', hours: 8 },
    blocks: 'all',
    follows: ['', 'erp'],
    endsAlike: true,
    words: 'ours',
    clears:
      'The next version of the order adds up, or a person resolves it: posted with the total of the channel, or cancelled.',
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
    clears: 'A person gives the command to resume.',
    commands: ['resume', 'cancel'],
  },
  'order-not-found': {
    desk: { about: 'connection', owner: 'commerce', hours: 24 },
    words: 'ours',
    clears: 'The channel has the order, or a person resolves it because it was deleted there.',
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
    clears: 'The stage is reached; whatever else stands on the order comes first.',
    commands: ['retry', 'cancel'],
  },
  'payment-pending': {
    desk: { about: 'goods', owner: 'finance', hours: 72 },
    blocks: 'release',
    pauses: true,
    follows: [''],
    clears: 'The channel says that the order is paid.',
    commands: ['cancel', 'resolve'],
  },
  'pending-at-channel': {
    desk: { about: 'goods', owner: 'commerce', hours: 72 },
    blocks: 'all-but-acceptance',
    pauses: true,
    follows: [''],
    clears: 'The channel tells the price and the address.',
    commands: ['cancel', 'resolve'],
  },
  'personal-data-gone': {
    desk: { about: 'goods', owner: 'customer-service', hours: 24 },
    words: 'ours',
    clears: 'The order is cancelled, or dealt with by hand at the system and answered as done.',
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
      'The carrier redirects the parcel or the buyer is told, and a person resolves it; or the order is changed back.',
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
    clears: 'The test is cancelled at the channel, or `testOrders` of the connection is `accept`.',
    commands: ['cancel'],
  },
  'unknown-shipment-line': {
    desk: { about: 'goods', owner: 'warehouse', hours: 24 },
    stands: ({ state, subject }) =>
      !subject.startsWith('shipped:') || subject in state.deferredFacts,
    words: 'ours',
    clears: 'The warehouse reports the parcel with what is on the order, or a person resolves it.',
    commands: ['resolve'],
  },
  'unmapped-code': {
    desk: { about: 'connection', owner: 'commerce', hours: 8 },
    words: 'ours',
    clears: 'The row that the reason names is imported, with what the connection calls the code.',
    commands: ['edit', 'retry', 'cancel'],
    edits: ['lines.<id>.sku', 'lines.<id>.taxCode', 'lines.<id>.unit', 'shipping.<n>.code'],
  },
  'unreadable-payload': {
    desk: { about: 'connection', owner: 'platform', hours: 4 },
    clears: 'The next message about the same can be taken: the order, its parcel or its hold.',
    commands: ['resolve'],
  },
  'warehouse-hold': {
    desk: { about: 'goods', owner: 'warehouse', hours: 24 },
    follows: [''],
    clears: 'The warehouse goes on, or the order leaves.',
    commands: ['cancel', 'resolve'],
  },
}
