import { open } from './open-hub.ts'

/** A hub in a process of its own, to be killed: `host.ts <data directory>`. */
const [, , dataDir = ''] = process.argv
const { ready } = await open({ dataDir })
process.stdout.write(`${JSON.stringify(ready)}\n`)
