import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Hub } from '../local/hub.ts'

/** The bucket of exchanged files as somebody who brings one sees it. */
export function bucketOf(hub: Hub) {
  const { awsUrl: endpoint, region, operator: credentials } = hub.cloud
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  const Bucket = nameOf(hub, 'AWS::S3::Bucket', 'Files')
  return {
    put: async (Key: string, Body: string): Promise<void> => {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }))
    },
    /** What came of a file, when it has come. */
    async result<T>(name: string): Promise<T> {
      const Key = `results/${name}.summary.json`
      for (;;) {
        const answer = await s3.send(new GetObjectCommand({ Bucket, Key })).catch(() => undefined)
        const text = await answer?.Body?.transformToString()
        // The summary that one of our own functions wrote.
        if (text !== undefined) return JSON.parse(text) as T
        await sleep(100)
      }
    },
    close: () => s3.destroy(),
  }
}

/** Megabytes that the processes of a function ever had at most, by VmHWM in /proc/<pid>/status. */
export function peakOf(hub: Hub, id: string): number {
  const name = nameOf(hub, 'AWS::Lambda::Function', id)
  return Math.max(0, ...(hub.cloud.processes()[name] ?? []).map(megabytes))
}

function megabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1000
}

function nameOf(hub: Hub, type: string, id: string): string {
  const found = hub.cloud.resources().find((one) => one.type === type && one.id.startsWith(id))
  if (!found) throw new Error(`the stacks have no ${id}`)
  return found.name
}
