import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { look } from '../support/patience.ts'
import { changed, dataDirectory, startTrial, type Trial, trialAssembly } from './support/trial.ts'

describe('a cloud that keeps its data', () => {
  let dataDir: string
  let trials: Trial[] = []

  beforeEach(() => {
    dataDir = dataDirectory()
  })
  afterEach(async () => {
    await Promise.all(trials.map((trial) => trial.close()))
    trials = []
    rmSync(dataDir, { recursive: true })
  })

  const start = async () => {
    const trial = await startTrial({ dataDir })
    trials.push(trial)
    return trial
  }
  const sortKeys = async (trial: Trial, id: string) => {
    const command = new QueryCommand({
      TableName: trial.name('Ledger'),
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: id } },
    })
    const { Items = [] } = await trial.dynamodb.send(command)
    return Items.map((item) => item['sk']?.S)
  }
  const events = (trial: Trial) => trial.happenings.filter(({ kind }) => kind === 'event').length

  test('refuses an update that deletes an export in use', async () => {
    const exporting = changed(await trialAssembly(), 'State', (template) => {
      template.Outputs = {
        ...template.Outputs,
        Topic: { Value: 'topic', Export: { Name: 'Trial-State:Topic' } },
      }
    })
    const importing = changed(exporting, 'Work', ({ Resources }) => {
      const [rule] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Events::Rule')
      if (rule) rule.Properties.Description = { 'Fn::ImportValue': 'Trial-State:Topic' }
    })
    try {
      await (await startTrial({ dataDir, assembly: importing })).close()
      await expect(startTrial({ dataDir })).rejects.toThrow(
        'Trial-State: export Trial-State:Topic cannot be deleted, Trial-Work imports it',
      )
    } finally {
      for (const assembly of [exporting, importing]) rmSync(assembly, { recursive: true })
    }
  })

  test('finds messages, items and the place in the stream again', async () => {
    const before = await start()
    await before.webhook({ id: 'first' })
    await before.until(
      'the first order',
      async () => (await sortKeys(before, 'first')).length === 4,
    )
    await before.quiet()
    await before.sqs.send(
      new SendMessageCommand({
        QueueUrl: before.queueUrl('Intake'),
        MessageBody: '{"id":"kept"}',
        DelaySeconds: 20,
      }),
    )
    await before.close()
    trials = []

    const after = await start()
    expect(await sortKeys(after, 'first')).toEqual(['commit#000001', 'count', 'head', 'posted'])
    await after.until('the kept order', async () => (await sortKeys(after, 'kept')).length === 4)
    await after.quiet()
    expect(events(after)).toBe(1)
  })

  test('killed without warning leaves no process behind and goes on where it was', async () => {
    const assembly = await trialAssembly()
    const host = spawn(process.execPath, [
      join(import.meta.dirname, 'support/host.ts'),
      assembly,
      dataDir,
    ])
    const lines = createInterface({ input: host.stdout })[Symbol.asyncIterator]()
    const { apiUrl } = JSON.parse(String((await lines.next()).value))
    for (const id of ['a', 'b', 'c']) {
      const body = JSON.stringify(id === 'b' ? { id, do: 'hang' } : { id })
      const headers = { 'content-type': 'application/json' }
      await fetch(`${apiUrl}/webhooks/shopify/demo`, { method: 'POST', headers, body })
    }
    host.stdin.write('\n')
    const { pids } = JSON.parse(String((await lines.next()).value))
    const children = childrenOf(host)
    expect(Object.values(pids).flat().length).toBeGreaterThan(0)
    host.kill('SIGKILL')
    await new Promise((resolve) => host.once('exit', resolve))
    const gone = () => !children.some(isAlive) || undefined
    expect(await look(gone, { everyMs: 100, looks: 300 })).toBe(true)

    const after = await start()
    await after.until('what was accepted', async () => {
      const found = await Promise.all(['a', 'c'].map((id) => sortKeys(after, id)))
      return found.every((keys) => keys.includes('posted'))
    })
  })
})

function childrenOf(host: ChildProcess): number[] {
  const list = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const pairs = list
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  return pairs.flatMap(([pid, parent]) => (parent === host.pid && pid !== undefined ? [pid] : []))
}

function isAlive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
    return !state.startsWith('Z')
  } catch {
    return false
  }
}
