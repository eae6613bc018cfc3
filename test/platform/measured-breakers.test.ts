import { guardOf } from '../../domain/effects/guard.ts'
import { type Failure, halt, retry, wait } from '../../domain/failure.ts'
import { err } from '../../domain/result.ts'
import { measuredBreakers } from '../../platform/telemetry/measured-breakers.ts'
import { fakeSystem, request } from '../support/fake-system.ts'
import { MemoryCircuitBreakers } from '../support/memory-circuit-breakers.ts'
import { seconds } from '../support/orders.ts'

/** Names of the metrics that are written while messages are answered so, one every ten minutes. */
async function countedWhile(failures: readonly Failure[]): Promise<readonly unknown[]> {
  const lines: string[] = []
  const { write } = process.stdout
  process.stdout.write = (text: string | Uint8Array) => lines.push(String(text)) > 0
  let second = 0
  const clock = () => new Date(seconds(second))
  const gate = guardOf({
    breakers: measuredBreakers(new MemoryCircuitBreakers(), 'Crossdock/test'),
    account: fakeSystem({ safety: { by: 'key' }, now: clock }).account,
    limit: 4,
    leaseSeconds: 15,
    clock,
    random: () => 0,
    jitter: async () => {},
  })
  try {
    for (const failure of failures) {
      const passage = await gate.enter()
      if (!passage.passes) throw new Error(passage.reason)
      await passage.account.send(request)
      await passage.leave(err(failure))
      second += failure.next === 'retry' ? 30 : 600
    }
  } finally {
    process.stdout.write = write
  }
  return lines.map((line) => JSON.parse(line))
}

const point = (name: string) => ({ [name]: 1, Connection: 'netsuite/demo-erp' })

test.each([
  [
    'an outage, and each probe that finds it',
    Array(7).fill(retry('down')),
    Array(3).fill('BreakerOpened'),
  ],
  [
    'credentials, whenever they are refused',
    Array(3).fill(halt('no')),
    Array(3).fill('ConnectionHalted'),
  ],
  ['throttling, whenever it begins', [wait('slow', 5)], ['ConnectionThrottled']],
  ['a failure or two', Array(4).fill(retry('down')), []],
])('%s', async (_, failures, names) => {
  expect(await countedWhile(failures)).toMatchObject(names.map(point))
})
