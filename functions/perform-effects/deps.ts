import { channels } from '../../connectors/channels.ts'
import { connectors } from '../../connectors/index.ts'
import { performDeps } from '../../platform/wiring/perform-deps.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { Env } from './env.ts'

export const deps = performDeps(readEnv(Env), [...channels, ...connectors])
