import { connectors } from '../../connectors/index.ts'
import { performDeps } from '../../platform/perform-deps.ts'
import { readEnv } from '../../platform/read-env.ts'
import { Env } from './env.ts'

export const deps = performDeps(readEnv(Env), connectors)
