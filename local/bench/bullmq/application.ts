import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { ResolvedSettings } from '../../../schemas/settings.ts'
import { TwinHost } from '../../twins/twin-host.ts'
import { freePort, startRedis } from './redis.ts'
import type { Setting } from './setting.ts'

const roles = ['api', 'intake', 'erp', 'warehouse', 'channel'] as const

/** The same journey as one would build it on BullMQ: a process for each role, and Redis. */
export interface Application {
  readonly twins: TwinHost
  /** Of the roles, and of Redis. */
  pids(): { readonly roles: readonly number[]; readonly redis: readonly number[] }
  /** `kill -9` of every worker; whoever supervises them starts them again. */
  killWorkers(): void
  close(): void
}

/** `undefined` where there is no Redis. */
export async function openApplication({
  connections,
}: ResolvedSettings): Promise<Application | undefined> {
  const redis = await startRedis()
  if (!redis) return undefined
  const apiPort = await freePort()
  const twins = await TwinHost.open({ connections, hub: () => `http://127.0.0.1:${apiPort}` })
  const setting: Setting = {
    redisPort: redis.port,
    apiPort,
    connections: Object.fromEntries(
      twins.all.map(({ connection: { id, own, hosts }, twin }) => [
        id,
        { own, hosts, secret: twin.secret },
      ]),
    ),
  }
  const standIns = twins.all.flatMap(({ connection }) =>
    connection.hosts.map((host) => [host, twins.urlOf(connection.id)]),
  )
  const env = {
    ...process.env,
    SETTING: JSON.stringify(setting),
    CROSSDOCK_TWINS: JSON.stringify(Object.fromEntries(standIns)),
  }
  const start = (role: string): ChildProcess =>
    fork(join(import.meta.dirname, 'role.ts'), [role], { env, execArgv: ['--import', preload] })
  const running = new Map<string, ChildProcess>(roles.map((role) => [role, start(role)]))

  return {
    twins,
    pids: () => ({
      roles: [...running.values()].flatMap(({ pid }) => pid ?? []),
      redis: [redis.pid],
    }),
    killWorkers() {
      for (const [role, child] of running) {
        if (role === 'api') continue
        child.kill('SIGKILL')
        running.set(role, start(role))
      }
    },
    close() {
      for (const child of running.values()) child.kill('SIGKILL')
      twins.close()
      redis.close()
    },
  }
}

const preload = join(import.meta.dirname, '..', '..', 'twins', 'twins-as-hosts.mjs')
