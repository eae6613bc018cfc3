import { readSettings } from '../../lib/settings/settings.ts'
import type { How } from '../../twins/host/mischief.ts'
import { TwinHost } from '../../twins/host/twin-host.ts'

describe('the line before a twin', () => {
  let host: TwinHost
  let url: string
  beforeAll(async () => {
    const { connections } = readSettings('demo')
    host = await TwinHost.open({ connections, hub: () => 'http://127.0.0.1:1' })
    url = host.urlOf('shipbob/demo-wms')
  })
  afterAll(() => host.close())

  const misbehave = (how: How) =>
    fetch(`${url}/_twin/misbehave`, { method: 'POST', body: JSON.stringify({ how, next: 1 }) })
  const ask = (signal: AbortSignal | null = null) => fetch(`${url}/2026-01/order`, { signal })
  const codeOf = async (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      ({ name, cause }) => cause?.code ?? name,
    )

  test('resets the connection before anything is asked', async () => {
    await misbehave('reset')
    expect(await codeOf(ask())).toBe('ECONNRESET')
  })

  test('keeps silent until whoever asked loses patience', async () => {
    await misbehave('timeout')
    expect(await codeOf(ask(AbortSignal.timeout(300)))).toBe('TimeoutError')
  })

  test('is cut in the middle of an answer', async () => {
    await misbehave('cut')
    const response = await ask()
    expect(response.status).toBe(401)
    expect(await codeOf(response.text())).not.toBe('none')
  })

  test('garbles an answer so that it is no JSON, at its length', async () => {
    const whole = await (await ask()).text()
    await misbehave('corrupt')
    const garbled = await (await ask()).text()
    expect(garbled).toHaveLength(whole.length)
    expect(() => JSON.parse(garbled)).toThrow('JSON')
  })
})
