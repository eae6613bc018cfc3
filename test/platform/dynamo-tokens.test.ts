import { halt } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import { dynamoCheckpoints } from '../../platform/dynamodb/checkpoints.ts'
import { dynamoTokens } from '../../platform/dynamodb/tokens.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { cursorsTable, withDynamo } from '../support/dynamo.ts'
import { seconds } from '../support/orders.ts'

let opened = 0

withDynamo('the cursors in DynamoDB', (client) => {
  const connection = () => {
    opened += 1
    return ConnectionId.parse(`shopify/store-${opened}`)
  }
  function minter(lifetime = 3600) {
    const minted: string[] = []
    const mint = async () => {
      await new Promise((resolve) => setTimeout(resolve, 40))
      minted.push(`token-${minted.length + 1}`)
      return ok({ token: `token-${minted.length}`, seconds: lifetime })
    }
    return { mint, minted }
  }

  test('processes that need a token at the same time request one', async () => {
    const id = connection()
    const { mint, minted } = minter()
    const processes = Array.from({ length: 50 }, () => dynamoTokens(client, cursorsTable, id))
    const tokens = await Promise.all(processes.map((tokens) => tokens.get(mint)))
    expect(minted).toEqual(['token-1'])
    expect(new Set(tokens.map((token) => JSON.stringify(token)))).toEqual(
      new Set(['{"ok":true,"value":"token-1"}']),
    )
  })

  test('a token that the vendor refused to fifty workers at once is renewed once', async () => {
    const id = connection()
    const { mint, minted } = minter()
    const processes = Array.from({ length: 50 }, () => dynamoTokens(client, cursorsTable, id))
    await Promise.all(processes.map((tokens) => tokens.get(mint)))
    await Promise.all(processes.map((tokens) => tokens.drop()))
    const renewed = await Promise.all(processes.map((tokens) => tokens.get(mint)))
    expect(new Set(renewed.map((token) => JSON.stringify(token)))).toEqual(
      new Set(['{"ok":true,"value":"token-2"}']),
    )
    expect(minted).toHaveLength(2)
  })

  test('a process that looked before another one minted does not mint again', async () => {
    const id = connection()
    const { mint, minted } = minter()
    const first = dynamoTokens(client, cursorsTable, id)
    const late = dynamoTokens(
      // Between its look and its lock, the other process gets all its work done.
      new Proxy(client, {
        get: (target, property) =>
          property === 'send'
            ? async (command: Parameters<typeof client.send>[0]) => {
                if (command.constructor.name === 'UpdateCommand') await first.get(mint)
                return target.send(command)
              }
            : Reflect.get(target, property),
      }),
      cursorsTable,
      id,
    )
    expect(await late.get(mint)).toEqual(ok('token-1'))
    expect(minted).toHaveLength(1)
  })

  test('a new token is requested shortly before the old one expires', async () => {
    const id = connection()
    const { mint, minted } = minter(1)
    const tokens = dynamoTokens(client, cursorsTable, id)
    await tokens.get(mint)
    await new Promise((resolve) => setTimeout(resolve, 920))
    expect(await tokens.get(mint)).toEqual(ok('token-2'))
    expect(minted).toHaveLength(2)
  })

  test.each([
    ['fails', async () => err(halt('revoked'))],
    [
      'throws',
      async () => {
        throw new Error('no secret')
      },
    ],
  ])('a mint that %s keeps nobody waiting', async (_, failing) => {
    const id = connection()
    const { mint } = minter()
    const failed = await dynamoTokens(client, cursorsTable, id)
      .get(failing)
      .catch(() => err(halt('thrown')))
    expect(failed).toMatchObject({ ok: false, error: { next: 'halt' } })
    const before = Date.now()
    expect(await dynamoTokens(client, cursorsTable, id).get(mint)).toEqual(ok('token-1'))
    expect(Date.now() - before).toBeLessThan(1000)
  })

  test('a rejected token is dropped for all processes, unless it was renewed meanwhile', async () => {
    const id = connection()
    const { mint, minted } = minter()
    const one = dynamoTokens(client, cursorsTable, id)
    const other = dynamoTokens(client, cursorsTable, id)
    await one.get(mint)
    await other.get(mint)
    await one.drop()
    expect(await one.get(mint)).toEqual(ok('token-2'))
    await other.drop()
    expect(await other.get(mint)).toEqual(ok('token-2'))
    expect(minted).toHaveLength(2)
  })

  test('dropping without a token does nothing', async () => {
    await dynamoTokens(client, cursorsTable, connection()).drop()
  })

  test('connections do not see each other’s tokens', async () => {
    const { mint } = minter()
    await dynamoTokens(client, cursorsTable, connection()).get(mint)
    expect(await dynamoTokens(client, cursorsTable, connection()).get(mint)).toEqual(ok('token-2'))
  })

  test('a checkpoint is read as it was written, with its unfinished window or without', async () => {
    const checkpoints = dynamoCheckpoints(client, cursorsTable, connection())
    expect(await checkpoints.read()).toBeUndefined()
    const window = { from: seconds(0), to: seconds(60) }
    for (const checkpoint of [
      { upTo: seconds(0) },
      { upTo: seconds(0), unfinished: window },
      { upTo: seconds(0), unfinished: { ...window, cursor: 'x' } },
      { upTo: seconds(60) },
    ]) {
      await checkpoints.write(checkpoint)
      expect(await checkpoints.read()).toEqual(checkpoint)
    }
  })
})
