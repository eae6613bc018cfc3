import fc from 'fast-check'
import { freeIn } from '../../domain/stock/row.ts'
import { tries } from '../support/laws.ts'
import { start } from '../support/orders.ts'
import { type Happening, happen, happening, openStockLife } from '../support/stock-life.ts'

const few = fc.nat(7)
const there = fc.record({ MUG: few, PLATE: few })

/** A few orders on their way, so that there is something to send, to cancel and to bring back. */
const opening = (what: Happening['what']): readonly Happening[] =>
  [0, 1, 2, 3].map((n) => ({ what, n }))

const lives = fc.record({
  shortStock: fc.constantFrom('wait' as const, 'split' as const),
  choose: fc.constantFrom('priority' as const, 'fewest-splits' as const),
  shares: fc.constantFrom<Readonly<Record<string, number>>>({}, { MUG: 3 }),
  north: there,
  south: there,
  kills: fc.uniqueArray(fc.nat(300), { maxLength: 8 }),
  story: fc.array(fc.array(happening, { minLength: 1, maxLength: 4 }), {
    minLength: 8,
    maxLength: 20,
    size: 'max',
  }),
})

const total = <T>(all: readonly T[], units: (one: T) => number): number =>
  all.reduce((sum, one) => sum + units(one), 0)

test('with bundles, two locations and returns, duplicated, interleaved, late or killed: reserved units exist, and existing units get reserved', () =>
  fc.assert(
    fc.asyncProperty(lives, fc.scheduler(), async (life, scheduler) => {
      const { story, north, south, kills, ...room } = life
      const world = openStockLife({ room, scheduler, kills: new Set(kills) })
      const { books } = world
      await world.begin()
      for (const [location, units] of Object.entries({ north, south })) {
        for (const [sku, onHand] of Object.entries(units)) {
          const count = { sku, location, at: start, onHand }
          await scheduler.waitFor(world.surely(() => world.count(count)))
        }
      }
      for (const group of [opening('place'), opening('work'), ...story]) {
        await scheduler.waitFor(Promise.all(group.map((one) => happen(world, one))))
        expect(books.broken).toEqual([])
      }

      // Calm: everybody looks once more, so nobody waits for what is there.
      for (const { id } of world.orders.values()) {
        await scheduler.waitFor(world.surely(() => world.look(id, world.tick())))
      }
      expect(books.broken).toEqual([])
      for (const state of books.states()) {
        for (const { id } of state.stock?.short ?? []) {
          const line = state.lines.find((one) => one.id === id)
          const scarce = Object.keys(world.recipes[line?.sku ?? ''] ?? {}).filter((sku) => {
            const rows = world.stock.all().filter((row) => row.sku === sku)
            // What one place is short of, the others do not have to give.
            const free = Math.max(0, total(rows, freeIn))
            const held = (state.stock?.reservations ?? []).filter((one) => one.sku === sku)
            const kept = held.reduce((sum, one) => sum + one.reserved, 0)
            return free < books.demand(state, sku) - kept
          })
          expect([state.id, id, scarce]).not.toEqual([state.id, id, []])
        }
      }
    }),
    tries(45),
  ))
