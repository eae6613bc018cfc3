import { performDeps } from '../../platform/wiring/perform-deps.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { Env } from './env.ts'
import { systemOf } from './system-of.ts'

export const deps = performDeps(readEnv(Env), systemOf)
