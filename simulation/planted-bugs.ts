import type { Patch } from './program.ts'

/** A guard of the product, taken away. */
export interface PlantedBug {
  readonly name: string
  /** What the guard is for, in one sentence. */
  readonly guard: string
  readonly patch: Patch
  /** Gone with it: another guard that keeps the same promise alone, or what is left of the same one. */
  readonly besides?: Patch
  /** A seed of eight orders in a tenth of a day that shows it. */
  readonly seed?: number
  /** The suite whose laws show it, where days in the simulation cannot. */
  readonly law?: string
}

const perform = 'domain/effects/perform.ts'
const decide = 'domain/order/decide.ts'
const ledger = 'platform/dynamodb/ledger.ts'

/** One for each guard that matters. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'no-fence',
    guard: 'A worker that wakes up past its lease writes nothing more.',
    seed: 120,
    patch: {
      file: perform,
      find: 'if (leaseIsOver(intent, deps)) {\n      return err(doubt(',
      replace: 'if (false) {\n      return err(doubt(',
    },
  },
  {
    name: 'no-look-in-doubt',
    guard: 'After an attempt without an answer the system is asked before it is told again.',
    seed: 44,
    patch: {
      file: perform,
      find: "const looks = intent.look || effect.find === 'always' ||",
      replace: 'const looks = false ||',
    },
  },
  {
    name: 'made-although-cancelled',
    guard: 'Nothing is made for an order that was cancelled while an earlier attempt was in doubt.',
    seed: 102,
    patch: {
      file: 'domain/order/claims.ts',
      find: 'if (stopsAt && state.cancelledAt) return true',
      replace: '',
    },
  },
  {
    name: 'stale-outcome',
    guard: 'An outcome of an older epoch changes nothing.',
    seed: 120,
    patch: {
      file: 'domain/order/outcome.ts',
      find: "if (intent?.state !== 'sent' || intent.epoch !== fact.epoch) return []",
      replace: 'if (!intent) return []',
    },
  },
  {
    name: 'claim-within-lease',
    guard: 'While one worker holds an effect no other takes it.',
    seed: 100,
    patch: {
      file: decide,
      find: 'if (!intent || from === undefined || from > fact.at) return []',
      replace: 'if (!intent || from === undefined) return []',
    },
  },
  {
    name: 'two-at-one-system',
    guard: 'Effects on one order at one system go one after another.',
    seed: 100,
    patch: {
      file: decide,
      find: 'if (isQueued(state, fact.intentId, fact.at)) return []',
      replace: '',
    },
  },
  {
    name: 'looked-too-early',
    guard: "A doubt is looked up only when the system's index can know.",
    seed: 100,
    patch: {
      file: 'domain/order/outcome.ts',
      find: 'answersWithin ?? Math.max(lagSeconds ?? 0, backoff(attempts))',
      replace: '1',
    },
  },
  {
    name: 'lease-without-lag',
    guard: 'Whoever follows a worker that vanished waits until the index can know what it did.',
    seed: 16,
    patch: {
      file: perform,
      find: 'const leaseSeconds = deps.leaseSeconds + longestLag(deps.system)',
      replace: 'const { leaseSeconds } = deps',
    },
    besides: {
      file: perform,
      find: 'after(leaseUntil, -longestLag(system))',
      replace: 'leaseUntil',
    },
  },
  {
    name: 'every-copy-waits',
    guard: 'Of however many hints of one effect, one waits.',
    patch: {
      file: 'domain/effects/waiting.ts',
      find: 'return until === undefined || ![then, notBefore, awaitedUntil].includes(until)',
      replace: 'return false',
    },
    law: 'test/domain/perform.test.ts',
  },
  {
    name: 'unconditional-head',
    guard: 'An order is replaced under its revision.',
    seed: 44,
    patch: { file: ledger, find: "'rev = :rev'", replace: "':rev = :rev'" },
  },
  {
    name: 'race-taken-as-won',
    guard: 'A commit that another writer was before is not one.',
    seed: 44,
    patch: {
      file: ledger,
      find: 'if (isConditionFailure(error)) return false',
      replace: 'if (isConditionFailure(error)) return true',
    },
  },
  {
    name: 'own-write-unknown',
    guard: 'A write whose answer was lost is known again, and not taken for another writer’s.',
    patch: {
      file: 'platform/dynamodb/conditional-put.ts',
      find: 'if (tokenOfWhatIsThere(error) !== token) throw error',
      replace: 'throw error',
    },
    law: 'test/platform/dynamo-ledger.test.ts',
  },
  {
    name: 'anothers-write-taken',
    guard: 'What another writer wrote is not one’s own, were it the same.',
    seed: 100,
    patch: {
      file: 'platform/dynamodb/conditional-put.ts',
      find: "randomBytes(6).toString('base64url')",
      replace: "'any'",
    },
  },
  {
    name: 'read-in-part',
    guard: 'What a throttled table left out is asked for again, and not taken as missing.',
    seed: 57,
    patch: {
      file: 'platform/dynamodb/batch-get.ts',
      find: 'if (keysOf(UnprocessedKeys) === 0) return found',
      replace: 'if (keysOf(UnprocessedKeys) >= 0) return found',
    },
    besides: {
      file: perform,
      find: 'opened.order && view.speaksOf(opened.order) ?',
      replace: 'opened.order ?',
    },
  },
  {
    name: 'decided-once',
    guard: 'Who loses a race decides anew.',
    seed: 44,
    patch: {
      file: 'domain/order/record-fact.ts',
      find: 'await deps.jitter(20 * 2 ** Math.min(attempt, 5))',
      replace: 'return { state: before, events: [] }',
    },
  },
  {
    name: 'answered-before-queued',
    guard: 'A 2xx leaves only after the message is in a queue.',
    seed: 44,
    patch: {
      file: 'functions/receive-webhook/receive-webhook.ts',
      find: 'await deps.enqueue({',
      replace: 'void deps.enqueue({',
    },
  },
  {
    name: 'open-door',
    guard: 'Nobody passes whom no secret signed.',
    seed: 44,
    patch: {
      file: 'functions/receive-webhook/receive-webhook.ts',
      find: 'if (door.verify(request, known)) return true',
      replace: 'if (door.verify(request, known) || known) return true',
    },
  },
  {
    name: 'older-version-wins',
    guard: 'An older version of an order changes nothing.',
    seed: 44,
    patch: {
      file: 'domain/order/snapshots.ts',
      find: "if (age === 'older') return []",
      replace: '',
    },
  },
  {
    name: 'parcel-twice',
    guard: 'A parcel that is known is not counted again.',
    seed: 100,
    patch: {
      file: 'domain/order/shipments.ts',
      find: 'if (known) return isLater(shipment, known) ? corrected(state, fact, known) : []',
      replace: '',
    },
  },
  {
    name: 'command-twice',
    guard: 'A command that was carried out is not carried out again.',
    seed: 116,
    patch: {
      file: 'domain/order/commands.ts',
      find: 'if (state.commands.includes(id)) return []',
      replace: '',
    },
  },
  {
    name: 'released-unposted',
    guard: 'A warehouse gets an order when the ERP has it.',
    seed: 17,
    patch: {
      file: 'domain/order/needs.ts',
      find: '!state.cancelledAt && isAccepted(state) && needsWarehouse(state)',
      replace: '!state.cancelledAt && needsWarehouse(state)',
    },
  },
  {
    name: 'told-before-posted',
    guard: 'The shop hears of a parcel when the ERP has answered, or when its time is over.',
    seed: 17,
    patch: {
      file: 'domain/order/needs.ts',
      find: '(!isOpen(posting) || late) ? [post, confirm]',
      replace: 'true ? [post, confirm]',
    },
  },
  {
    name: 'cancelled-in-doubt',
    guard: 'An order is cancelled when it is known whether the warehouse has it.',
    seed: 123,
    patch: {
      file: 'domain/order/cancel.ts',
      find: "    case 'doubt':\n      return []",
      replace:
        "      return []\n    case 'doubt':\n      return [{ type: 'order.cancelled', reason }]",
    },
  },
  {
    name: 'sweep-skips-ahead',
    guard: 'A sweep that failed begins again where it was.',
    seed: 25,
    patch: {
      file: 'functions/poll-connection/poll-connection.ts',
      find: 'await checkpoints.write({ ...checkpoint, unfinished: resumed(window, page.error) })',
      replace: 'await checkpoints.write({ upTo: window.to })',
    },
  },
  {
    name: 'sweep-without-overlap',
    guard: 'A sweep reaches back into the one before, because indexes lag.',
    patch: {
      file: 'functions/poll-connection/poll-connection.ts',
      find: 'const { overlapMinutes = 5, lagSeconds = 30 } = connection.sweep ?? {}',
      replace: 'const [overlapMinutes, lagSeconds] = [0, 0]',
    },
    law: 'test/functions/poll-connection.test.ts',
  },
  {
    name: 'parcel-told-twice',
    guard: 'A parcel that was half told is known again by its tracking number.',
    seed: 44,
    patch: {
      file: 'connectors/shopify/confirm-shipment.ts',
      find: 'const ours = delivered.value.fulfilments.filter(isOurs)',
      replace: 'const ours = delivered.value.fulfilments.filter(() => false)',
    },
  },
  {
    name: 'number-of-the-release',
    guard: 'A sales order keeps its number when its warehouse gets another release.',
    seed: 100,
    patch: {
      file: 'connectors/business-central/marks.ts',
      find: "export function documentNumber({ order: { id } }: Pick<Subject, 'order'>): string {",
      replace:
        "export function documentNumber({ order, round = 1 }: Subject): string {\n  const id = order.id + (round > 1 ? '-' + round : '')",
    },
  },
  {
    name: 'replaced-body-not-fetched',
    guard: 'Two bodies of one moment that differ are told apart by asking the channel.',
    seed: 125,
    patch: {
      file: 'domain/order/snapshots.ts',
      find: "if (age === 'unclear') return 'fetch'",
      replace: "if (age === 'unclear') return []",
    },
  },
  {
    name: 'held-by-the-past',
    guard: 'A notice about a release that the warehouse let go of holds nothing up.',
    patch: {
      file: 'domain/order/decide.ts',
      find: "effect === 'release-order' && reference?.id === warehouseOrder,",
      replace: "effect === 'cancel-release' && reference?.id === warehouseOrder,",
    },
    law: 'test/domain/holds.test.ts',
  },
  {
    name: 'dead-letter-of-the-refused',
    guard: 'A dead letter needs nobody once its effect was answered, be it with a refusal.',
    patch: {
      file: 'domain/exceptions/catalogue.ts',
      find: 'isWanted(about) && isOpen(about.intent)',
      replace: 'isWanted(about)',
    },
    law: 'test/domain/deadlines.test.ts',
  },
  {
    name: 'cent-forgotten',
    guard: 'What the channel rounded when units were taken back here, the ERP is told.',
    patch: {
      file: 'domain/order/state.ts',
      find: '...roundingIn(state)',
      replace: '',
    },
    law: 'test/domain/agreement.test.ts',
  },
]
