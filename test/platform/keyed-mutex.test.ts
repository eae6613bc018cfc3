import { setTimeout as sleep } from 'node:timers/promises'
import { keyedMutex } from '../../platform/dynamodb/keyed-mutex.ts'

test('work with the same key is serialised, other work is concurrent', async () => {
  const turn = keyedMutex()
  const told: string[] = []
  const work = (name: string, ms: number) => async () => {
    told.push(`${name} begins`)
    await sleep(ms)
    told.push(`${name} ends`)
    return name
  }
  const done = await Promise.all([
    turn('a', work('a1', 30)),
    turn('a', work('a2', 0)),
    turn('b', work('b1', 5)),
  ])
  expect(done).toEqual(['a1', 'a2', 'b1'])
  expect(told).toEqual(['a1 begins', 'b1 begins', 'b1 ends', 'a1 ends', 'a2 begins', 'a2 ends'])
})

test('a failure does not block others', async () => {
  const turn = keyedMutex()
  const fails = async () => {
    throw new Error('broken')
  }
  const settled = await Promise.allSettled([
    turn('a', fails),
    turn('a', async () => 'second'),
    turn('a', fails),
  ])
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
  expect(await turn('a', async () => 'later')).toBe('later')
})
