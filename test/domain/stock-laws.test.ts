import fc from 'fast-check'
import { toShip } from '../../domain/order/lines.ts'
import { tries } from '../support/laws.ts'
import { start } from '../support/orders.ts'
import { happen, happening, openStockLife } from '../support/stock-life.ts'

const lives = fc.record({
  shortStock: fc.constantFrom('wait' as const, 'split' as const),
  shares: fc.constantFrom<Readonly<Record<string, number>>>({}, { MUG: 3 }),
  mugs: fc.nat(6),
  plates: fc.nat(3),
  kills: fc.uniqueArray(fc.nat(150), { maxLength: 8 }),
  story: fc.array(fc.array(happening, { minLength: 1, maxLength: 4 }), {
    minLength: 5,
    maxLength: 25,
    size: 'max',
  }),
})

test('whatever comes at once, twice, late or is killed: what is promised is there, and what is there is promised', () =>
  fc.assert(
    fc.asyncProperty(lives, fc.scheduler(), async (life, scheduler) => {
      const { story, mugs, plates, kills, ...room } = life
      const world = openStockLife({ room, scheduler, kills: new Set(kills) })
      await world.count('MUG', { at: start, onHand: mugs })
      await world.count('PLATE', { at: start, onHand: plates })
      world.counts.push({ sku: 'MUG', at: start, onHand: mugs })
      world.counts.push({ sku: 'PLATE', at: start, onHand: plates })
      for (const group of story) {
        const all = Promise.all(group.map((one) => happen(world, one)))
        await scheduler.waitFor(all)
        expect(world.broken).toEqual([])
      }

      // Calm: everybody looks once more, so nobody waits for what is there.
      for (const id of world.orders.keys()) {
        await scheduler.waitFor(world.surely(() => world.look(world.idOf(id), world.tick())))
      }
      expect(world.broken).toEqual([])
      for (const [sku, expected] of world.onHandBy())
        expect([sku, world.of(sku).onHand]).toEqual([sku, expected])
      for (const state of await world.states()) {
        for (const { id, units } of state.stock?.short ?? []) {
          const line = state.lines.find((one) => one.id === id)
          expect(units).toBeLessThanOrEqual(line ? toShip(line) : 0)
          expect(world.of(line?.sku ?? '').free).toBeLessThan(line ? toShip(line) : 0)
        }
      }
    }),
    tries(150),
  ))
