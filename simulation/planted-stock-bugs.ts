import type { PlantedBug } from './planted-bugs.ts'

const table = 'platform/dynamodb/stock.ts'
const row = 'domain/stock/row.ts'
const publish = 'domain/listings/publish.ts'
const listing = 'domain/listings/listing.ts'

/** Guards of stock. Where the days of the simulation cannot show one, the suite is named whose laws do. */
export const plantedStockBugs: readonly PlantedBug[] = [
  {
    name: 'promised-without-condition',
    guard: 'Units are promised only while they are free.',
    patch: {
      file: table,
      find: "'#free >= :needed'",
      replace: "'(attribute_exists(sk) OR #free >= :needed)'",
    },
    law: 'test/platform/dynamo-stock.test.ts',
  },
  {
    name: 'count-unnoticed',
    guard: 'An order that was decided on before a count is decided anew after it.',
    patch: {
      file: table,
      find: "seen.countedAt === undefined ? 'attribute_not_exists(countedAt)' : 'countedAt = :countedAt',",
      replace:
        "seen.countedAt === undefined ? 'attribute_exists(sk)' : '(attribute_exists(sk) OR countedAt = :countedAt)',",
    },
    law: 'test/platform/dynamo-stock.test.ts',
  },
  {
    name: 'movement-twice',
    guard: 'A movement that is told twice moves once.',
    patch: {
      file: table,
      find: "return [{ Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } }, ...puts]",
      replace: 'return [{ Put: { TableName, Item } }, ...puts]',
    },
    seed: 17,
  },
  {
    name: 'parcel-after-count',
    guard: 'A parcel that a count has seen leave is not taken off once more.',
    patch: {
      file: row,
      find: 'if (!left || left.units === 0 || !isAfterCount(seen, left.at)) return { gone: 0 }',
      replace: 'if (!left || left.units === 0) return { gone: 0 }',
    },
    seed: 17,
  },
  {
    name: 'movement-after-count',
    guard: 'Goods that a count has seen come in are not added once more.',
    patch: {
      file: row,
      find: 'const units = isAfterCount(first, at) ? onHand : 0',
      replace: 'const units = onHand',
    },
    seed: 17,
  },
  {
    name: 'old-count-overwrites',
    guard: 'An older count changes nothing.',
    patch: {
      file: row,
      find: 'if (known === undefined || said.at > known.at) return true',
      replace: 'if (known === undefined || said.at !== known.at) return true',
    },
    seed: 17,
  },
  {
    name: 'count-forgets',
    guard: 'What moved after the moment of a count is added to it.',
    patch: {
      file: row,
      find: 'const since = after(isNew ? rows.flatMap((row) => row.since) : [], count.at)',
      replace: 'const since = after([], count.at)',
    },
    law: 'test/domain/stock-row.test.ts',
  },
  {
    name: 'release-not-written',
    guard: 'What an order gives back is written where it was taken.',
    patch: {
      file: 'domain/stock/changes.ts',
      find: 'if (reserve === 0 && units === 0) return []',
      replace: 'if (reserve <= 0 && units === 0) return []',
    },
    seed: 17,
  },
  {
    name: 'released-twice',
    guard: 'What an order gives back is given back once.',
    patch: {
      file: 'domain/stock/changes.ts',
      find: "const reserve = unitsAt(has, place, 'reserved') - unitsAt(had, place, 'reserved')",
      replace:
        "const more = unitsAt(has, place, 'reserved') - unitsAt(had, place, 'reserved')\n    const reserve = more < 0 ? 2 * more : more",
    },
    seed: 17,
  },
  {
    name: 'cancelled-keeps-units',
    guard: 'An order that wants less gives back what it has too much of.',
    patch: {
      file: 'domain/stock/portions.ts',
      find: 'const target = where === warehouse ? (wanted.get(sku)?.reserve ?? 0) : 0',
      replace: 'const target = sum(same, (one) => one.reserved)',
    },
    seed: 17,
  },
  {
    name: 'promised-from-on-hand',
    guard: 'What is promised to one order is not promised to another.',
    patch: {
      file: 'domain/stock/choose.ts',
      find: 'const taken = Math.min(left, gives)',
      replace: 'const taken = Math.min(left, Math.max(gives, row.onHand))',
    },
    law: 'test/domain/stock-reservations.test.ts',
  },
  {
    name: 'needless-refusal',
    guard: 'Every unit that is free can be promised.',
    patch: {
      file: 'domain/stock/choose.ts',
      find: 'const taken = Math.min(left, gives)',
      replace: 'const taken = Math.min(left, Math.max(0, gives - 1))',
    },
    seed: 17,
  },
  {
    name: 'short-elsewhere-forgotten',
    guard: 'What one place of a warehouse is short of, its other places do not give.',
    patch: {
      file: 'domain/stock/netting.ts',
      find: 'let left = freeOf(places.flat())',
      replace: 'let left = places.reduce((sum, shares) => sum + freeOf(shares), 0)',
    },
    law: 'test/domain/stock-reservations.test.ts',
  },
  {
    name: 'kept-units-unguarded',
    guard: 'Of two orders of one moment none takes what other places are short of.',
    patch: {
      file: table,
      find: "':needed': reserve + gone + keeps",
      replace: "':needed': reserve + gone",
    },
    law: 'test/platform/dynamo-stock.test.ts',
  },
  {
    name: 'sent-from-elsewhere',
    guard: 'What is promised at one place of a warehouse may have left from another.',
    patch: {
      file: 'domain/stock/drift.ts',
      find: 'sum + reserved, elsewhere)',
      replace: 'sum + reserved, 0)',
    },
    law: 'test/functions/compare-stock.test.ts',
  },
  {
    name: 'sent-unit-unspent',
    guard: 'A unit that left spends one that was reserved, wherever it left from.',
    patch: {
      file: 'domain/stock/reconcile.ts',
      find: 'givenBack(moved, kept(wanted, here, gone), warehouse)',
      replace: 'givenBack(moved, wanted, warehouse)',
    },
    law: 'test/domain/stock-reservations.test.ts',
  },
  {
    name: 'order-without-its-units',
    guard: 'An order and its units are one transaction.',
    patch: {
      file: 'domain/order/record-fact.ts',
      find: '...(stocked.changes && { stock: stocked.changes }),',
      replace: '',
    },
    seed: 17,
  },
  {
    name: 'takes-while-it-waits',
    guard: 'An order that waits for all keeps nothing from others meanwhile.',
    patch: {
      file: 'domain/stock/reconcile.ts',
      find: '...(waits ? [] : taken),',
      replace: '...taken,',
    },
    law: 'test/domain/stock-reservations.test.ts',
  },
  {
    name: 'offered-on-hand',
    guard: 'Channels are offered what is free, not what lies there.',
    patch: {
      file: 'domain/stock/available.ts',
      find: 'const free = sumOf(rows, freeIn)',
      replace: 'const free = sumOf(rows, ({ onHand }) => onHand)',
    },
    seed: 17,
  },
  {
    name: 'set-without-compare',
    guard: 'A number does not replace one that the channel has sold from unseen.',
    patch: {
      file: publish,
      find: '...(from !== undefined && { from }),',
      replace: '',
    },
    seed: 17,
  },
  {
    name: 'newer-number-forgotten',
    guard: 'When an older number arrives, the newer one still waits to be told.',
    patch: {
      file: listing,
      find: 'return marked(took, state.desired?.at ?? about.now, about)',
      replace: 'return took',
    },
    seed: 100,
  },
  {
    name: 'waiting-not-woken',
    guard: 'Who waits for units gets a look at those that became free.',
    patch: {
      file: 'functions/project-stock/project-stock.ts',
      find: 'rows.filter(hasGrown)',
      replace: 'rows.filter((row) => !row && hasGrown(row))',
    },
    law: 'test/functions/project-stock.test.ts',
  },
  {
    name: 'zero-not-first',
    guard: 'What ran out is told before everything else.',
    patch: { file: publish, find: 'attribute.isUrgent(desired.value)', replace: 'false' },
    law: 'test/domain/publishing.test.ts',
  },
  {
    name: 'old-number-told',
    guard: 'A number that a worker read long ago is read again before it is told.',
    patch: {
      file: publish,
      find: "call.kind === 'write' && !isFresh(seen, deps)",
      replace: 'false',
    },
    law: 'test/domain/publishing.test.ts',
  },
  {
    name: 'unseen-sold-again',
    guard: 'What a channel sold unseen is taken off what it is offered.',
    patch: {
      file: 'domain/listings/quantity.ts',
      find: 'const units = Math.max(0, before + less - learned(state))',
      replace: 'const units = Math.max(0, before + less - learned(state)) * 0',
    },
    law: 'test/domain/publishing.test.ts',
  },
  {
    name: 'page-of-no-moment',
    guard: 'What a warehouse took minutes to say is no count of one moment.',
    patch: {
      file: 'domain/stock/compare-counts.ts',
      find: 'if (clock().toISOString() > after(page.value.at, mostOfPage)) {',
      replace: 'if (false) {',
    },
    law: 'test/functions/compare-stock.test.ts',
  },
]
