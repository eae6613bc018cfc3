import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { onceIn } from '../../platform/dynamodb/idempotent.ts'
import { idempotencyTable, withDynamo } from '../support/dynamo.ts'

/** A promise that somebody else ends. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

withDynamo('work that is done once for a key', (_, client) => {
  let keys = 0
  const fresh = () => [`key-${++keys}`]
  const once = (left = 10_000) =>
    onceIn(idempotencyTable, client)({ getRemainingTimeInMillis: () => left })

  test('returns the remembered answer, for any sequence of fields in the body', async () => {
    const key = fresh()
    let done = 0
    const work = async () => ({ n: ++done })
    expect(await once()({ key, body: { a: 1, b: [1, 2] } }, work)).toEqual({
      ok: true,
      value: { n: 1 },
    })
    expect(await once()({ key, body: { b: [1, 2], a: 1 } }, work)).toEqual({
      ok: true,
      value: { n: 1 },
    })
    expect(done).toBe(1)
  })

  test('is refused for another body, also while the first is on its way', async () => {
    const key = fresh()
    const { open, opened } = gate()
    const first = once()({ key, body: 1 }, async () => opened)
    await started()
    expect(await once()({ key, body: 2 }, async () => 0)).toEqual({
      ok: false,
      error: 'other-body',
    })
    open()
    await first
    expect(await once()({ key, body: 2 }, async () => 0)).toEqual({
      ok: false,
      error: 'other-body',
    })
  })

  test('is refused while the same is on its way, and answered when it has ended', async () => {
    const key = fresh()
    const { open, opened } = gate()
    const first = once()({ key, body: 1 }, async () => {
      await opened
      return 'first'
    })
    await started()
    expect(await once()({ key, body: 1 }, async () => 'second')).toEqual({
      ok: false,
      error: 'in-flight',
    })
    open()
    expect(await first).toEqual({ ok: true, value: 'first' })
    expect(await once()({ key, body: 1 }, async () => 'third')).toEqual({
      ok: true,
      value: 'first',
    })
  })

  test('may be tried again after it has thrown', async () => {
    const key = fresh()
    const broken = async () => {
      throw new Error('the queue is away')
    }
    await expect(once()({ key, body: 1 }, broken)).rejects.toThrow('the queue is away')
    expect(await once()({ key, body: 1 }, async () => 'done')).toEqual({ ok: true, value: 'done' })
  })

  test('is free again when its invocation died', async () => {
    const key = fresh()
    void once(1)({ key, body: 1 }, () => new Promise(() => {}))
    await started()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await once()({ key, body: 1 }, async () => 'done')).toEqual({ ok: true, value: 'done' })
  })

  test('leaves nothing of the body in the table', async () => {
    await once()({ key: fresh(), body: { name: 'A. Recipient' } }, async () => ({}))
    const { Items } = await client.send(new ScanCommand({ TableName: idempotencyTable }))
    expect(JSON.stringify(Items)).not.toMatch(/Recipient/)
  })

  /** Resolves when as many keys are in the table as were used. */
  async function started(): Promise<void> {
    const { Count = 0 } = await client.send(
      new ScanCommand({ TableName: idempotencyTable, Select: 'COUNT' }),
    )
    if (Count < keys) return started()
  }
})
